package io.fineprune.topology.lifecycle;

/** The work that remains after a command has changed a user's state. */
public enum CommandEffect {
    /** The command was carried out before, so nothing is done. */
    DUPLICATE,
    /** Settings, pause or pin changed; the change is only reported. */
    CHANGED,
    /** Prune from the sums now. */
    PRUNE,
    /** Delete the sums. */
    FORGET,
    /** Delete everything but the version. */
    ERASE,
    /** Publish the content of an earlier version. */
    ROLL_BACK,
    /** The user is paused, so nothing is published and the command is reported as refused. */
    REFUSED_PAUSED
}
