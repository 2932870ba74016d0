package io.fineprune.agent.metrics;

import java.util.List;

/**
 * The one table of the agent's own meters; {@code grafana/METRICS.md} is made of it. No tag takes more values as the fleet grows:
 * users and devices are never tags. A meter {@code fineprune.X.users} says how many users of this agent have at most
 * {@code le}, at this moment; {@code histogram_quantile} reads it without {@code rate}.
 */
public enum FleetMeter {
    EVENTS(Kind.COUNTER, "fineprune.events", "events", "Events by what became of them", "outcome"),
    EVENT_LATENCY(
            Kind.TIMER, "fineprune.event.latency", "seconds", "From an event's timestamp until it was folded", "model"),
    EVENTS_REROUTED(
            Kind.COUNTER,
            "fineprune.rerouted.events",
            "events",
            "Events that lay in another partition than their user's"),
    DEAD_LETTERS(
            Kind.COUNTER, "fineprune.dead.letters", "records", "Events and commands that could not be used", "reason"),
    BATCH_EVENTS(Kind.SUMMARY, "fineprune.batch.events", "events", "Events of one forward pass", "model"),
    FORWARD_PASS(Kind.TIMER, "fineprune.forward.pass", "seconds", "Duration of one forward pass", "model"),
    PRUNINGS(
            Kind.COUNTER,
            "fineprune.prunings",
            "prunings",
            "Prunings by trigger and outcome",
            "model",
            "trigger",
            "outcome"),
    PRUNING(Kind.TIMER, "fineprune.pruning", "seconds", "Time to score, prune and encode", "model"),
    SPARSITY(
            Kind.SUMMARY,
            "fineprune.sparsity",
            "ratio",
            "Share that published masks remove of nodes, weights and macs",
            "model",
            "of"),
    UPDATE_SIZE(Kind.SUMMARY, "fineprune.update.size", "bytes", "Serialised size of published masks", "model"),
    ROLLBACKS(
            Kind.COUNTER,
            "fineprune.rollbacks",
            "rollbacks",
            "Returns to an earlier version by a command, by quarantine, or by a device itself",
            "model",
            "by"),
    DRIFT_CHECKS(
            Kind.COUNTER,
            "fineprune.drift.checks",
            "checks",
            "Blocks of users' events that were compared with those of the last pruning",
            "model",
            "result"),
    DRIFT_DISTANCE(
            Kind.SUMMARY,
            "fineprune.drift.distance",
            "ratio",
            "How far those blocks lay, in units of what the user's own events lie apart",
            "model"),
    DEVICE_FAILURES(
            Kind.COUNTER,
            "fineprune.device.failures",
            "answers",
            "Answers of devices that an update fails, by whether they count towards a quarantine",
            "outcome"),
    COMMANDS(Kind.COUNTER, "fineprune.commands", "commands", "Commands by action and effect", "action", "effect"),
    SUMS_RESTARTED(
            Kind.COUNTER,
            "fineprune.sums.restarted",
            "users",
            "Users whose sums belonged to another graph and began anew",
            "model"),
    ACKNOWLEDGEMENTS(
            Kind.COUNTER,
            "fineprune.acknowledgements",
            "acknowledgements",
            "Answers of devices to masks: applied (swaps), refused, or rolled back later",
            "model",
            "status"),
    SWAP(Kind.TIMER, "fineprune.swap", "seconds", "On devices, from receiving a mask until running it", "model"),
    SWAP_GAP(
            Kind.TIMER,
            "fineprune.swap.gap",
            "seconds",
            "On devices, the longest time in which no inference could start because of a swap",
            "model"),
    MISSED_INFERENCES(
            Kind.COUNTER,
            "fineprune.missed.inferences",
            "inferences",
            "On devices, inferences that swaps dropped, refused or delayed",
            "model"),
    LABELS(
            Kind.COUNTER,
            "fineprune.labels",
            "labels",
            "Labels that came, by what had answered and whether it was right",
            "model",
            "answered",
            "result"),
    SERVED_USERS(Kind.GAUGE, "fineprune.served.users", "users", "Users by the model that serves them", "model", "by"),
    SPARSITY_USERS(
            Kind.GAUGE,
            "fineprune.sparsity.users",
            "users",
            "Users whose mask removes at most this share of nodes, weights or macs",
            "model",
            "of",
            "le"),
    ESTIMATED_ACCURACY_USERS(
            Kind.GAUGE,
            "fineprune.estimated.accuracy.users",
            "users",
            "Users whose estimated accuracy, or its lower or upper bound, is at most this",
            "model",
            "bound",
            "le"),
    MEASURED_ACCURACY_USERS(
            Kind.GAUGE,
            "fineprune.measured.accuracy.users",
            "users",
            "Users whose accuracy, measured where labels came for the mask in force, is at most this",
            "model",
            "le"),
    ACCURACY_CHANGE_USERS(
            Kind.GAUGE,
            "fineprune.accuracy.change.users",
            "users",
            "Users whose estimated accuracy exceeds that of the source model by at most this",
            "model",
            "le"),
    MASK_AGE_USERS(
            Kind.GAUGE,
            "fineprune.mask.age.users",
            "users",
            "Users whose mask in force is at most this many seconds old",
            "model",
            "le"),
    BUDGET_USERS(
            Kind.GAUGE,
            "fineprune.budget.users",
            "users",
            "Users who have at most this share of the events of their round",
            "model",
            "le"),
    ATTENTION_USERS(
            Kind.GAUGE,
            "fineprune.attention.users",
            "users",
            "Users to look at: estimated worse than the source model (by a tenth of a point at least), measured below or above the"
                    + " estimate's interval, held back at the last decision, waiting for a repair, paused, pinned",
            "model",
            "why"),
    REPAIR_WAIT(
            Kind.GAUGE,
            "fineprune.repair.wait",
            "seconds",
            "For how long the oldest repair that is due has waited; 0: none is"),
    PARTITIONS(Kind.GAUGE, "fineprune.partitions", "partitions", "Partitions of users that this agent holds"),
    STREAMS_STATE(
            Kind.GAUGE, "fineprune.streams.state", "flag", "1 for the state that Kafka Streams is in, else 0", "state"),
    BROKERS_ANSWER(
            Kind.GAUGE,
            "fineprune.brokers.answer",
            "flag",
            "1 if the brokers answered when they were asked last, else 0"),
    THREAD_FAILURES(Kind.COUNTER, "fineprune.thread.failures", "failures", "Stream threads that died"),
    STATE_SIZE(Kind.GAUGE, "fineprune.state.size", "bytes", "Size of the state directory on disk"),
    RESTORE_REMAINING(
            Kind.GAUGE,
            "fineprune.restore.remaining",
            "records",
            "Changelog records to be restored before the store is ready",
            "store"),
    RESTORED(
            Kind.COUNTER,
            "fineprune.restored",
            "records",
            "Changelog records restored since the agent started",
            "store");

    /** Kind of metric that Prometheus sees. */
    public enum Kind {
        /** One series, {@code _total}. */
        COUNTER,
        /** One series with the present value. */
        GAUGE,
        /** A histogram of durations: {@code _bucket}, {@code _sum}, {@code _count}. */
        TIMER,
        /** A histogram of amounts: {@code _bucket}, {@code _sum}, {@code _count}. */
        SUMMARY
    }

    private final Kind kind;
    private final String meterName;
    private final String unit;
    private final String description;

    @SuppressWarnings("ImmutableEnumChecker") // List.of is immutable
    private final List<String> tags;

    FleetMeter(Kind kind, String meterName, String unit, String description, String... tags) {
        this.kind = kind;
        this.meterName = meterName;
        this.unit = unit;
        this.description = description;
        this.tags = List.of(tags);
    }

    public Kind kind() {
        return kind;
    }

    /** With dots; Prometheus shows underscores, the unit and _total for counters. */
    public String meterName() {
        return meterName;
    }

    public String unit() {
        return unit;
    }

    public String description() {
        return description;
    }

    /** Names of the tags, in the order in which values are given. */
    public List<String> tags() {
        return tags;
    }

    /** The name in Prometheus, without the suffixes of a histogram. */
    public String prometheusName() {
        String name = meterName.replace('.', '_');
        if (!name.endsWith("_" + unit)) {
            name += "_" + unit;
        }
        return kind == Kind.COUNTER ? name + "_total" : name;
    }
}
