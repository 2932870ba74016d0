package io.fineprune.agent.fleet;

import io.fineprune.schemas.v1.AccuracyEstimate;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * One decision about a user.
 *
 * @param decidedAtMillis wall clock
 * @param trigger in lower case
 * @param outcome in lower case
 * @param code why, in lower case; empty where there is nothing to say
 * @param reason the same in a sentence
 * @param requestedBy who asked for it; empty when the budget did
 * @param version in force after it
 * @param weightsRemoved share; empty if nothing was published
 * @param estimated accuracy of the candidate; empty if unknown
 * @param source accuracy of the source model as seen in the same pass; empty if unknown
 */
public record Round(
        long decidedAtMillis,
        String trigger,
        String outcome,
        String code,
        String reason,
        String requestedBy,
        long version,
        OptionalDouble weightsRemoved,
        Optional<AccuracyEstimate> estimated,
        Optional<AccuracyEstimate> source) {}
