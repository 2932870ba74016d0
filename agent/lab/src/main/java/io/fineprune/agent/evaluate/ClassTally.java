package io.fineprune.agent.evaluate;

/**
 * Answers to held-out events of one class.
 *
 * @param index of the class among the model's
 * @param own whether the user is one who meets this class
 * @param budget events of this class that the method adapted to
 * @param correct held-out events that were answered rightly
 * @param tested held-out events
 */
public record ClassTally(int index, boolean own, int budget, int correct, int tested) {}
