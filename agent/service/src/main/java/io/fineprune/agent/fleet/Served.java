package io.fineprune.agent.fleet;

/** Which model serves a user, as far as the devices have said; devices are those that sent an event or an answer. */
public enum Served {
    /** No mask was ever published: the source model. */
    SOURCE,
    /** A mask was published and no device has answered to it. */
    MASK_SENT,
    /** Some devices run the mask in force, others do not or have not said so. */
    MASK_PARTLY,
    /** Every device runs the mask in force. */
    MASK_APPLIED,
    /** A device refused the mask in force and none runs it. */
    MASK_REFUSED,
    /** A device ran the mask in force and went back to an earlier version by itself, and none runs it. */
    MASK_ROLLED_BACK
}
