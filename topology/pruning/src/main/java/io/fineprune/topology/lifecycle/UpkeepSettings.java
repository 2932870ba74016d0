package io.fineprune.topology.lifecycle;

import io.fineprune.schemas.serde.MaskChunks;
import io.fineprune.schemas.v1.StoredLifecycle;
import io.fineprune.topology.budget.Budget;
import java.util.ArrayList;
import java.util.List;

/**
 * Settings for published updates: versions kept, quarantine, drift, expiry and message size.
 *
 * @param keptUpdates of each user and model, the one in force included, to go back to; 0 to 16
 * @param quarantineFailures devices of a user on which an update fails and is taken back; 1 to 100
 * @param driftThreshold distance, in units of what a user's own events lie apart, beyond which a new round begins; 0: drift is
 *     not watched; at most 1000
 * @param driftEvents that are compared with those of the last pruning at a time; 10 to 100000
 * @param expireAfterMillis of stream time without an event of a user that is counted, after which the user is erased; 0: never;
 *     at most 315360000000 (ten years)
 * @param messageBytes bytes of an update in one message; a larger one is cut into chunks of so many; 1 to 8387584
 * @param laterClassesEvents from the first event of the block that showed classes which the last round did not meet, after which
 *     a new round begins; 0: it is not watched for them; at most 100000
 * @param driftMinIntervalMillis of stream time between two rounds that drift begins for a user; 0 to 31536000000 (one year)
 */
public record UpkeepSettings(
        int keptUpdates,
        int quarantineFailures,
        double driftThreshold,
        int driftEvents,
        long driftMinIntervalMillis,
        long expireAfterMillis,
        int messageBytes,
        int laterClassesEvents) {
    /** About as many events of new classes as a discriminant needs of them. */
    public static final int DEFAULT_LATER_CLASSES_EVENTS = 100;

    /** The update in force and the one before are kept; three devices are enough for a quarantine; drift is not watched, and nobody expires. */
    public static final UpkeepSettings DEFAULT = new UpkeepSettings(2, 3, 0, 50, 0, 0);

    /** Uses the message size that brokers accept by default. */
    public UpkeepSettings(
            int keptUpdates,
            int quarantineFailures,
            double driftThreshold,
            int driftEvents,
            long driftMinIntervalMillis,
            long expireAfterMillis) {
        this(
                keptUpdates,
                quarantineFailures,
                driftThreshold,
                driftEvents,
                driftMinIntervalMillis,
                expireAfterMillis,
                MaskChunks.DEFAULT_CUT_BYTES);
    }

    /** Uses the defaults for later classes and for the interval between rounds that drift begins. */
    public UpkeepSettings(
            int keptUpdates,
            int quarantineFailures,
            double driftThreshold,
            int driftEvents,
            long driftMinIntervalMillis,
            long expireAfterMillis,
            int messageBytes) {
        this(
                keptUpdates,
                quarantineFailures,
                driftThreshold,
                driftEvents,
                driftMinIntervalMillis,
                expireAfterMillis,
                messageBytes,
                DEFAULT_LATER_CLASSES_EVENTS);
    }

    /** @throws IllegalArgumentException naming all problems */
    public UpkeepSettings {
        List<String> problems = new ArrayList<>();
        check(problems, "kept updates", keptUpdates, 0, 16);
        check(problems, "failing devices", quarantineFailures, 1, DeviceFailures.MOST);
        if (!(driftThreshold >= 0 && driftThreshold <= 1000)) {
            problems.add("Expected a drift threshold of 0 to 1000, but was " + driftThreshold);
        }
        check(problems, "events to compare for drift", driftEvents, 10, 100_000);
        check(problems, "milliseconds between drift rounds", driftMinIntervalMillis, 0, Budget.MAX_MILLIS);
        check(problems, "milliseconds until users expire", expireAfterMillis, 0, 10 * Budget.MAX_MILLIS);
        check(problems, "events until a round for later classes", laterClassesEvents, 0, 100_000);
        check(problems, "bytes of an update in one message", messageBytes, 1, MaskChunks.MAX_BYTES);
        if (!problems.isEmpty()) {
            throw new IllegalArgumentException(String.join("; ", problems));
        }
    }

    /** Returns the number of events of a block that is compared for drift; 0 if drift is not watched. */
    public int driftBlock() {
        return driftThreshold > 0 ? driftEvents : 0;
    }

    /** Whether a user may begin a round because of drift now, as far as the last one goes. */
    public boolean driftAgain(StoredLifecycle state, long nowMillis) {
        return state.getDriftedAtMillis() == 0 || nowMillis - state.getDriftedAtMillis() >= driftMinIntervalMillis;
    }

    /** How often to look for idle users, and how exactly it is known when they were seen; 0: they do not expire. */
    public long expiryStepMillis() {
        return expireAfterMillis == 0 ? 0 : Math.max(1, expireAfterMillis / 16);
    }

    /** Whether nothing of the user was counted for too long, or it is not known since when. */
    public boolean idle(StoredLifecycle state, long nowMillis) {
        return expireAfterMillis > 0 && nowMillis - state.getLastSeenMillis() > expireAfterMillis;
    }

    /** The state when an event was counted; the same object if that makes no difference. */
    public StoredLifecycle seen(StoredLifecycle state, long nowMillis) {
        return expireAfterMillis == 0 || nowMillis - state.getLastSeenMillis() < expiryStepMillis()
                ? state
                : state.toBuilder().setLastSeenMillis(Math.max(1, nowMillis)).build();
    }

    private static void check(List<String> problems, String what, long value, long min, long max) {
        if (value < min || value > max) {
            problems.add("Expected %d to %d %s, but was %d".formatted(min, max, what, value));
        }
    }
}
