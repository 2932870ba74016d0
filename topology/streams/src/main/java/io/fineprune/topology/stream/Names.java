package io.fineprune.topology.stream;

/** Names of the topology's nodes, stores and internal topics. Changing one loses the state kept under it. */
public final class Names {
    /** Running sums by user and model. */
    public static final String ACTIVATION_SUMS_STORE = "activation-sums";

    /** Version, settings and pause by user and model. */
    public static final String USER_LIFECYCLE_STORE = "user-lifecycle";

    public static final String USER_RESERVOIR_STORE = "user-reservoir";

    /** The updates published last by user, model and version, and their chunks. */
    public static final String USER_UPDATES_STORE = "user-updates";

    /** Settings and pause that hold for all users, by model; the empty model stands for all models. */
    public static final String FLEET_LIFECYCLE_STORE = "fleet-lifecycle";

    /** Commands for all users that have not reached every user yet. */
    public static final String FLEET_SWEEPS_STORE = "fleet-sweeps";

    /** Prunings that are due and not published yet, by user and model. */
    public static final String DUE_PRUNINGS_STORE = "due-prunings";

    /** Commands on users whose pruning is due, and what came for those users after them. */
    public static final String WAITING_RECORDS_STORE = "waiting-records";

    /** Store of the events that have arrived but are not folded yet. */
    public static final String EVENT_BUFFER_STORE = "event-buffer";

    static final String SENSOR_EVENTS_SOURCE = "sensor-events-source";
    static final String EVENT_ROUTER = "event-router";
    static final String EVENTS_HERE = "events-here";
    static final String EVENTS_ELSEWHERE = "events-elsewhere";
    static final String EVENTS_BY_USER = "events-by-user";
    static final String EVENTS_ARRIVED = "events-arrived";
    static final String EVENT_DEAD_LETTERS_SINK = "event-dead-letters-sink";

    static final String PRUNING_COMMANDS_SOURCE = "pruning-commands-source";
    static final String COMMAND_ROUTER = "command-router";
    static final String COMMANDS_ACCEPTED = "commands-accepted";
    /** Suffix-less name of the internal topic whose partitions are those of the users. */
    public static final String COMMANDS_BY_USER = "commands-by-user";

    static final String COMMANDS_ARRIVED = "commands-arrived";
    static final String COMMAND_DEAD_LETTERS_SINK = "command-dead-letters-sink";
    static final String COMMAND_REPORTS_SINK = "command-reports-sink";

    static final String MASK_ACKNOWLEDGEMENTS_SOURCE = "mask-acknowledgements-source";
    static final String ACKNOWLEDGEMENT_ROUTER = "acknowledgement-router";
    static final String FAILURES_BY_USER = "failures-by-user";
    static final String FAILURES_ARRIVED = "failures-arrived";
    static final String COMMANDS_AND_FAILURES = "commands-and-failures";

    static final String EVENTS_MERGED = "events-merged";
    static final String USER_INPUT = "user-input";
    static final String USER_PRUNING = "user-pruning";
    static final String PRUNING_MASKS_SINK = "pruning-masks-sink";
    static final String PRUNING_MASK_CHUNKS_SINK = "pruning-mask-chunks-sink";
    static final String PRUNING_REPORTS_SINK = "pruning-reports-sink";
    static final String USER_DEAD_LETTERS_SINK = "user-dead-letters-sink";

    private Names() {}
}
