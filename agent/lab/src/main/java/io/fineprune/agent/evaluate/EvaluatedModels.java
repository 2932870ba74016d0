package io.fineprune.agent.evaluate;

import io.fineprune.agent.evaluate.method.EvaluatedModel;

/** Supplies the source model that each user is evaluated with. Safe for use by several threads. */
public sealed interface EvaluatedModels permits GivenModel, LeaveUserOut {
    /** Returns a text that tells results of these models from those of others. */
    String identity();

    /** Opens the model that a user is evaluated with. The caller closes it. */
    EvaluatedModel open(String user, EvaluationListener listener);
}
