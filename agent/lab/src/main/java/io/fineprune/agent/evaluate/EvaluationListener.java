package io.fineprune.agent.evaluate;

import io.fineprune.agent.tensorflow.train.TrainingProgress;
import java.util.List;

/** Observer of an evaluation's progress; called by the worker threads. */
public interface EvaluationListener {
    EvaluationListener NONE = new EvaluationListener() {};

    /** A source model is being trained without this user. */
    default void training(String user, TrainingProgress progress) {}

    /**
     * Called before the first result and after each.
     *
     * @param done results that there are
     * @param fresh of these, those of this run
     * @param total results that there will be
     */
    default void progress(int done, int fresh, int total) {}

    /**
     * Recordings of a user that cannot be used; the others are.
     *
     * @param reasons which and why, one each
     */
    default void leftOut(String user, List<String> reasons) {}

    /** Called when a method fails on a model or an event; the other measurements go on. */
    default void failed(ResultKey key, Exception reason) {}
}
