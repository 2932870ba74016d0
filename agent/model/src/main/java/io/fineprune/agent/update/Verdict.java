package io.fineprune.agent.update;

import io.fineprune.topology.repair.ModelUpdate;

/** Result of verifying an update on a device. */
public sealed interface Verdict {
    /** The update is valid and is to be applied. */
    record Accepted(ModelUpdate content) implements Verdict {}

    /** The update is invalid; the version in force stays. */
    record Refused(String reason) implements Verdict {}

    /** The update has the version that is in force already. */
    record InForce() implements Verdict {}
}
