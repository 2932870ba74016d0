package io.fineprune.topology.lifecycle;

/** What a command asks for beyond the change of state. */
public enum Effect {
    /** Nothing: the command was carried out before. */
    DUPLICATE,
    /** Nothing more: settings or the pause changed. */
    CHANGED,
    /** Prune from the sums now. */
    PRUNE,
    /** Delete the sums. */
    FORGET,
    /** Nothing: a paused user is not pruned. */
    REFUSED_PAUSED
}
