package io.fineprune.agent.fleet;

import java.util.OptionalDouble;

/**
 * One decision about a user.
 *
 * @param decidedAtMillis wall clock
 * @param trigger in lower case
 * @param outcome in lower case
 * @param version in force after it
 * @param weightsRemoved share; empty if nothing was published
 * @param estimated accuracy; empty if unknown
 */
public record Round(
        long decidedAtMillis,
        String trigger,
        String outcome,
        long version,
        OptionalDouble weightsRemoved,
        OptionalDouble estimated) {}
