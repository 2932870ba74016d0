package io.fineprune.agent.update;

import io.fineprune.topology.repair.ModelUpdate;

/** What a device makes of an update. */
public sealed interface Verdict {
    /** It is to be applied. */
    record Accepted(ModelUpdate content) implements Verdict {}

    /** It is not, and the version in force stays. */
    record Refused(String reason) implements Verdict {}

    /** It is in force already. */
    record InForce() implements Verdict {}
}
