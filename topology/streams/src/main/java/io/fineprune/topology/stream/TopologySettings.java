package io.fineprune.topology.stream;

import io.fineprune.schemas.topic.Topics;
import io.fineprune.topology.lifecycle.EffectiveSettings;
import io.fineprune.topology.lifecycle.UpkeepSettings;
import java.util.ArrayList;
import java.util.List;

/**
 * The settings of the topology.
 *
 * @param topics names of the topics
 * @param partitions number of partitions of the internal topics and so of the state; must not change once there is
 *     state. With routing DIRECT it should be the number of partitions of sensor-events
 * @param batchEvents events of one forward pass, 1 to 4096; best the model's own batch size
 * @param batchMaxDelayMillis longest wait of an event for its batch, 1 to 60000
 * @param defaults settings in force until a command changes them
 * @param reservoirEvents inputs kept of each user and model to repair and judge on, 0 (none) to 10000
 * @param sweepUsers users that a command for all of them reaches at a time before other records get their turn; 1 to 100000
 * @param finishedSample share of the events of users whose rounds are over that is counted all the same, to notice drift; 0 to 1.
 *     Which events these are depends on their names alone. The others cost no forward pass
 * @param upkeep settings for published updates: versions kept, quarantine, drift, expiry
 */
public record TopologySettings(
        Topics topics,
        int partitions,
        Routing routing,
        int batchEvents,
        long batchMaxDelayMillis,
        EffectiveSettings defaults,
        int reservoirEvents,
        int sweepUsers,
        double finishedSample,
        UpkeepSettings upkeep) {
    public static final int DEFAULT_BATCH_EVENTS = 32;
    public static final long DEFAULT_BATCH_MAX_DELAY_MILLIS = 100;
    public static final int DEFAULT_SWEEP_USERS = 64;
    public static final int DEFAULT_RESERVOIR_EVENTS = 400;

    /** Creates settings that count every event, also of users whose rounds are over. */
    public TopologySettings(
            Topics topics,
            int partitions,
            Routing routing,
            int batchEvents,
            long batchMaxDelayMillis,
            EffectiveSettings defaults,
            int reservoirEvents,
            int sweepUsers) {
        this(
                topics,
                partitions,
                routing,
                batchEvents,
                batchMaxDelayMillis,
                defaults,
                reservoirEvents,
                sweepUsers,
                1,
                UpkeepSettings.DEFAULT);
    }

    /** @throws IllegalArgumentException naming all problems */
    public TopologySettings {
        List<String> problems = new ArrayList<>();
        check(problems, "partitions", partitions, 1, 10_000);
        check(problems, "batch events", batchEvents, 1, 4096);
        check(problems, "milliseconds of batch delay", batchMaxDelayMillis, 1, 60_000);
        check(problems, "events in a reservoir", reservoirEvents, 0, 10_000);
        check(problems, "users per sweep", sweepUsers, 1, 100_000);
        if (!(finishedSample >= 0 && finishedSample <= 1)) {
            problems.add("Expected a sample of 0 to 1 of finished users' events, but was " + finishedSample);
        }
        if (!problems.isEmpty()) {
            throw new IllegalArgumentException(String.join("; ", problems));
        }
    }

    /** Standard topics, direct routing, Algorithm 1 after 200 events. */
    public static TopologySettings standard(int partitions) {
        return new TopologySettings(
                Topics.standard(),
                partitions,
                Routing.DIRECT,
                DEFAULT_BATCH_EVENTS,
                DEFAULT_BATCH_MAX_DELAY_MILLIS,
                EffectiveSettings.DEFAULT,
                DEFAULT_RESERVOIR_EVENTS,
                DEFAULT_SWEEP_USERS);
    }

    private static void check(List<String> problems, String what, long value, long min, long max) {
        if (value < min || value > max) {
            problems.add("Expected %d to %d %s, but was %d".formatted(min, max, what, value));
        }
    }
}
