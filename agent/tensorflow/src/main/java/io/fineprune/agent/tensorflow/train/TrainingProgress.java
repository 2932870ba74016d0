package io.fineprune.agent.tensorflow.train;

/**
 * Progress of a training.
 *
 * @param epoch from 1
 * @param epochs in all
 * @param batch of the epoch, from 1
 * @param batches in an epoch
 * @param loss mean cross entropy since the epoch began
 * @param accuracy share of correct answers since the epoch began, before each step
 */
public record TrainingProgress(int epoch, int epochs, int batch, int batches, double loss, double accuracy) {}
