package io.fineprune.agent.metrics;

import java.util.List;

/**
 * The one table of the agent's own meters. No tag takes more values as the fleet grows: users and devices are never tags.
 */
public enum FleetMeter {
    EVENTS("fineprune.events", "events", "Events by what became of them", "outcome"),
    EVENT_LATENCY("fineprune.event.latency", "seconds", "From an event's timestamp until it was folded", "model"),
    EVENTS_REROUTED("fineprune.events.rerouted", "events", "Events that lay in another partition than their user's"),
    DEAD_LETTERS("fineprune.dead.letters", "records", "Events and commands that could not be used", "reason"),
    BATCH_EVENTS("fineprune.batch.events", "events", "Events of one forward pass", "model"),
    FORWARD_PASS("fineprune.forward.pass", "seconds", "Duration of one forward pass", "model"),
    PRUNINGS("fineprune.prunings", "prunings", "Prunings by trigger and outcome", "model", "trigger", "outcome"),
    PRUNING("fineprune.pruning", "seconds", "Time to score, prune and encode", "model"),
    SPARSITY("fineprune.sparsity", "ratio", "Share that published masks remove, three ways", "model", "of"),
    UPDATE_SIZE("fineprune.update.size", "bytes", "Serialised size of published masks", "model"),
    COMMANDS("fineprune.commands", "commands", "Commands by action and effect", "action", "effect"),
    SUMS_RESTARTED("fineprune.sums.restarted", "users", "Users whose sums belonged to another graph", "model");

    private final String meterName;
    private final String unit;
    private final String description;

    @SuppressWarnings("ImmutableEnumChecker") // List.of is immutable
    private final List<String> tags;

    FleetMeter(String meterName, String unit, String description, String... tags) {
        this.meterName = meterName;
        this.unit = unit;
        this.description = description;
        this.tags = List.of(tags);
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
}
