package io.fineprune.agent.fleet;

import io.fineprune.schemas.serde.UserModelKey;
import io.fineprune.schemas.v1.AccuracyEstimate;
import io.fineprune.schemas.v1.Sparsity;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * Where one user stands.
 *
 * @param version of the mask in force; 0: the source model
 * @param prunings reported for the user, whatever their outcome
 * @param publishedAtMillis when the mask in force was decided, wall clock; 0 without one
 * @param sparsity of the mask in force
 * @param estimated accuracy of the mask in force without labels
 * @param source accuracy of the source model for this user without labels
 * @param updateBytes serialised size of the mask in force; 0 without one
 * @param eventsSeen events that the mask in force rests on
 * @param labelled labels that came for the version in force
 * @param right those of them that agree with what the device answered
 * @param budget share of the events of the current round, 0 to 1; empty until the user is heard of
 * @param last outcome reported last, in lower case; empty if there was none
 * @param reason of that outcome; may be empty
 * @param history of the last 16 decisions, oldest first
 */
public record UserStatus(
        UserModelKey key,
        long version,
        long prunings,
        long publishedAtMillis,
        Optional<Sparsity> sparsity,
        Optional<AccuracyEstimate> estimated,
        Optional<AccuracyEstimate> source,
        long updateBytes,
        long eventsSeen,
        Served served,
        long labelled,
        long right,
        OptionalDouble budget,
        String last,
        String reason,
        List<Round> history) {
    public UserStatus {
        history = List.copyOf(history);
    }

    /** Share of the labelled answers that were right; empty without labels. */
    public OptionalDouble measured() {
        return labelled == 0 ? OptionalDouble.empty() : OptionalDouble.of((double) right / labelled);
    }

    /** Estimated accuracy of the mask in force minus that of the source model; empty unless both are known. */
    public OptionalDouble change() {
        return estimated.isPresent() && source.isPresent()
                ? OptionalDouble.of(estimated.get().getValue() - source.get().getValue())
                : OptionalDouble.empty();
    }
}
