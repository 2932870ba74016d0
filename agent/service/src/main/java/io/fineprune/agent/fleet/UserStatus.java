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
 * @param rounds prunings that came to an end, published or not
 * @param publishedAtMillis when the mask in force was decided, wall clock; 0 without one
 * @param decidedAtMillis when the last decision was made; 0 without one
 * @param sparsity of the mask in force
 * @param estimated accuracy of the mask in force without labels
 * @param source accuracy of the source model for this user without labels
 * @param change estimated accuracy of the mask in force minus that of the source model, of one pass; empty unless that saw both
 * @param updateBytes serialised size of the mask in force; 0 without one
 * @param eventsSeen events that the mask in force rests on
 * @param devices that sent an event or an answer
 * @param devicesCurrent those of them that run the version in force
 * @param labelled labels that came for the version in force
 * @param right those of them that agree with what the device answered
 * @param budget share of the events of the current round, 0 to 1; empty until the user is heard of
 * @param last outcome of the last decision, in lower case; empty if there was none
 * @param code why it came out so, in lower case; may be empty
 * @param reason the same in a sentence; may be empty
 * @param waitsSinceMillis since when a pruning is due and not done, wall clock; 0: none is
 * @param graph that the mask in force is of, first bytes of its fingerprint; empty without one
 * @param history of the last 16 decisions, oldest first
 */
public record UserStatus(
        UserModelKey key,
        long version,
        long rounds,
        long publishedAtMillis,
        long decidedAtMillis,
        Optional<Sparsity> sparsity,
        Optional<AccuracyEstimate> estimated,
        Optional<AccuracyEstimate> source,
        OptionalDouble change,
        long updateBytes,
        long eventsSeen,
        Served served,
        int devices,
        int devicesCurrent,
        long labelled,
        long right,
        OptionalDouble budget,
        String last,
        String code,
        String reason,
        boolean paused,
        boolean pinned,
        long waitsSinceMillis,
        String graph,
        List<Round> history) {
    private static final int FEWEST_LABELS = 20;
    private static final double LEAST_CHANGE = 0.001;

    public UserStatus {
        history = List.copyOf(history);
    }

    /** Place of the measured accuracy in relation to the interval of the estimate. */
    public enum Outside {
        /** Within it, as far as the labels can tell. */
        NO,
        /** The mask in force is less accurate than was estimated. */
        BELOW,
        /** It is more accurate. */
        ABOVE
    }

    /** Share of the labelled answers that were right; empty without labels. */
    public OptionalDouble measured() {
        return labelled == 0 ? OptionalDouble.empty() : OptionalDouble.of((double) right / labelled);
    }

    /** Whether the last decision left the user with what was in force, since nothing better was found. */
    public boolean heldBack() {
        return last.equals("held_back");
    }

    /** Whether the mask in force is estimated worse than the source model, by what does not round to nothing. */
    public boolean worse() {
        return change.isPresent() && change.getAsDouble() <= -LEAST_CHANGE;
    }

    /** Whether measured accuracy lies outside the interval of the estimate by more than two of its standard errors. */
    public Outside outside() {
        if (labelled < FEWEST_LABELS || estimated.isEmpty()) {
            return Outside.NO;
        }
        double share = (double) right / labelled;
        double twice = 2 * Math.sqrt(share * (1 - share) / labelled);
        if (share + twice < estimated.get().getLower()) {
            return Outside.BELOW;
        }
        return share - twice > estimated.get().getUpper() ? Outside.ABOVE : Outside.NO;
    }
}
