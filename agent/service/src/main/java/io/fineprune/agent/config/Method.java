package io.fineprune.agent.config;

/** How far personalisation goes. */
public enum Method {
    /** Prune, repair on the user's reservoir, and publish only what is not estimated worse. */
    GATED,
    /** Prune and repair; publish whatever comes of it. */
    REPAIRED,
    /** The paper's Algorithm 1: prune and publish. */
    PLAIN;

    public boolean repairs() {
        return this != PLAIN;
    }

    public boolean gates() {
        return this == GATED;
    }
}
