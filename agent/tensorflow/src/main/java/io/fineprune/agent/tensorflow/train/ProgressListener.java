package io.fineprune.agent.tensorflow.train;

/** Told after every batch, in the thread that trains. */
@FunctionalInterface
public interface ProgressListener {
    ProgressListener NONE = progress -> {};

    void progress(TrainingProgress progress);
}
