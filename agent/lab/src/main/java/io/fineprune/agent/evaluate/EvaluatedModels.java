package io.fineprune.agent.evaluate;

import io.fineprune.agent.evaluate.method.EvaluatedModel;

/** Where the source model of each user comes from. Safe for use by several threads. */
public sealed interface EvaluatedModels permits GivenModel, LeaveUserOut {
    /** What tells results of these models from others'. */
    String identity();

    /** Opens the model that a user is evaluated with. The caller closes the bench. */
    EvaluatedModel open(String user, EvaluationListener listener);
}
