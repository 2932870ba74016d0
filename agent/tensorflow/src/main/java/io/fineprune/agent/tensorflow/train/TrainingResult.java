package io.fineprune.agent.tensorflow.train;

import io.fineprune.agent.tensorflow.graph.FrozenModel;

/**
 * The result of a training.
 *
 * @param model with batch norm folded; write it with {@link io.fineprune.agent.tensorflow.graph.SavedModelWriter}
 * @param loss mean cross entropy of the last epoch
 * @param accuracy share of correct answers of the last epoch on the training data
 */
public record TrainingResult(FrozenModel model, double loss, double accuracy) {}
