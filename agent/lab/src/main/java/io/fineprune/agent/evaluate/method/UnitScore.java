package io.fineprune.agent.evaluate.method;

/** How much each unit matters, from the weights alone. */
@FunctionalInterface
interface UnitScore {
    /** [units] of the bench's model. */
    double[] of(EvaluatedModel bench);
}
