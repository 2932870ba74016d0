package io.fineprune.topology.lifecycle;

/** What a command asks for beyond the change of state. */
public enum CommandEffect {
    /** Nothing: the command was carried out before. */
    DUPLICATE,
    /** Nothing more: settings, the pause or the pin changed. */
    CHANGED,
    /** Prune from the sums now. */
    PRUNE,
    /** Delete the sums. */
    FORGET,
    /** Delete everything but the version. */
    ERASE,
    /** Publish the content of an earlier version. */
    ROLL_BACK,
    /** Nothing: for a paused user nothing is published. */
    REFUSED_PAUSED
}
