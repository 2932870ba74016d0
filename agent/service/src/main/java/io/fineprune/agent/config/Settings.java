package io.fineprune.agent.config;

import io.fineprune.schemas.serde.MaskChunks;
import io.fineprune.schemas.v1.Criterion;
import io.fineprune.schemas.v1.Granularity;
import io.fineprune.schemas.v1.Scope;
import io.fineprune.schemas.v1.UpdateKind;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The one table of everything that can be configured beside {@code kafka.*}. */
public final class Settings {
    public static final Choices<Criterion> CRITERIA = Choices.of(Criterion.class, "CRITERION_");
    public static final Choices<Granularity> GRANULARITIES = Choices.of(Granularity.class, "GRANULARITY_");
    public static final Choices<UpdateKind> KINDS = Choices.of(UpdateKind.class, "UPDATE_KIND_");
    public static final Choices<Method> METHODS = Choices.of(Method.class, "");
    public static final Choices<Scope> SCOPES = Choices.of(Scope.class, "SCOPE_");

    public static final Setting<String> MODEL_DIRECTORY = Setting.text(
            "model.directory",
            Optional.empty(),
            "a folder with a SavedModel and model.yaml",
            "The source model that the fleet runs.");
    public static final Setting<String> APPLICATION_ID = Setting.text(
            "application.id",
            Optional.of("fineprune"),
            "a name",
            "Names the consumer group, the internal topics and the transactions; the same for all agents of a fleet.");
    public static final Setting<String> STATE_DIRECTORY = Setting.text(
            "state.directory",
            Optional.of("fineprune-data/state"),
            "a folder",
            "Where the state stores live; another one for each agent on a machine.");
    public static final Setting<Long> THREADS =
            Setting.integer("threads", 1, 1, 256, "threads", "Stream threads of this agent.");
    public static final Setting<Long> STANDBY_REPLICAS =
            Setting.integer("standby.replicas", 1, 0, 8, "copies", "Warm copies of each state store on other agents.");
    public static final Setting<Long> STATE_MEMORY = Setting.integer(
            "state.memory.mb",
            512,
            16,
            65_536,
            "megabytes",
            "Memory outside the heap for all state stores of this agent together.");
    public static final Setting<Long> BATCH_EVENTS =
            Setting.integer("batch.events", 32, 1, 1024, "events", "Events of one forward pass.");
    public static final Setting<Long> BATCH_MAX_DELAY = Setting.integer(
            "batch.max.delay.ms",
            100,
            1,
            60_000,
            "milliseconds",
            "How long an event waits for others to fill a forward pass.");
    public static final Setting<Long> BUDGET_EVENTS = Setting.integer(
            "budget.events", 200, 1, 1_000_000, "events", "Events of a user before the model is pruned for that user.");
    public static final Setting<Long> BUDGET_MILLIS = Setting.integer(
            "budget.millis",
            0,
            0,
            31_536_000_000L,
            "milliseconds",
            "Time from a user's first event after which the model is pruned with what there is; 0 turns it off.");
    public static final Setting<Long> ROUNDS = Setting.integer(
            "pruning.rounds",
            1,
            1,
            1000,
            "rounds",
            "Budgets over which the sparsity rises, steeply at first; ends early where the next is estimated worse.");
    public static final Setting<Long> WARMUP_EVENTS = Setting.integer(
            "pruning.warmup.events", 0, 0, 1_000_000, "events", "Events of a user before the first budget begins.");
    public static final Setting<Double> SPARSITY =
            Setting.decimal("pruning.sparsity", 0.7, 0, 0.99, "Share of nodes or weights that is removed.");
    public static final Setting<Optional<Double>> TARGET_MACS = new Setting<>(
            "pruning.target.macs",
            Optional.of("none"),
            "none, or a number from 0.001 to 1",
            "Share of the model's operations (MACs) to keep at most; the sparsity that meets it is found for each user.",
            LayerShares::target);
    public static final Setting<Map<String, Double>> LAYER_LIMITS = new Setting<>(
            "pruning.layer.limits",
            Optional.of("none"),
            "none, or layer=share,layer=share with shares from 0 to 0.99",
            "Largest share that is removed from some layers; fineprune inspect lists their names.",
            LayerShares::limits);
    public static final Setting<List<String>> PROTECTED_LAYERS = new Setting<>(
            "pruning.protected.layers",
            Optional.of("none"),
            "none, or names of layers parted by commas",
            "Layers of which nothing is removed.",
            LayerShares::names);
    public static final Setting<List<String>> CLASSES = new Setting<>(
            "pruning.classes",
            Optional.of("none"),
            "none, or at least two of the model's classes parted by commas",
            "Classes that users can meet; no others are answered. Commands declare others for a user.",
            LayerShares::names);
    public static final Setting<Boolean> OPEN = Setting.flag(
            "pruning.open.to.absent.classes",
            true,
            "Whether classes that none of a user's events has may still be answered, where none are declared.");
    public static final Setting<Criterion> CRITERION =
            Setting.choice("pruning.criterion", "fluctuation", CRITERIA, "How nodes or weights are scored.");
    public static final Setting<Granularity> GRANULARITY = Setting.choice(
            "pruning.granularity",
            "node",
            GRANULARITIES,
            "Whether whole nodes, weights, or weights in a pattern such as 2:4 (n_of_4 at a sparsity of 0.5) are removed.");
    public static final Setting<Scope> SCOPE = Setting.choice(
            "pruning.scope",
            "layer",
            SCOPES,
            "Whether each layer loses the same share, one threshold rules all, or each loses what leaves every refit the same residual.");
    public static final Setting<Long> SEED = Setting.integer(
            "pruning.seed", 42, Long.MIN_VALUE, Long.MAX_VALUE, "any size", "Seed of everything drawn at random.");
    public static final Setting<Method> METHOD = Setting.choice(
            "pruning.method",
            "gated",
            METHODS,
            "Whether the pruned model is repaired and judged (gated), repaired only, or plainly pruned.");
    public static final Setting<UpdateKind> KIND = Setting.choice(
            "pruning.kind",
            "refit",
            KINDS,
            "Whether a repaired update solves weights again (refit: most accurate) or scales them (mask: smallest).");
    public static final Setting<Double> SCALING = Setting.decimal(
            "repair.scaling", 1, 0, 1, "Strength of homeostatic scaling; needs source moments beside the model.");
    public static final Setting<Boolean> BIAS_COMPENSATION = Setting.flag(
            "repair.bias.compensation",
            false,
            "Whether layers that are not solved again get biases that make up for what was removed.");
    public static final Setting<Boolean> INPUT_NORMALISATION = Setting.flag(
            "repair.input.normalisation",
            false,
            "Whether each band of a user's input gets the source data's mean and deviation; needs moments of \"fineprune calibrate\".");
    public static final Setting<Boolean> HEAD =
            Setting.flag("repair.head", true, "Whether the last layer may be fitted anew to the user's own events.");
    public static final Setting<Boolean> PRIOR = Setting.flag(
            "repair.prior",
            true,
            "Whether the model's own last layer under the user's class prior is considered beside a fitted one; needs repair.head.");
    public static final Setting<Double> GATE_CONFIDENCE = Setting.decimal(
            "gate.confidence",
            0.9,
            0.001,
            0.999,
            "Least probability that an update is no worse for its user than the source model, to publish it for its gain.");
    public static final Setting<Double> GATE_DISAGREEMENT = Setting.decimal(
            "gate.disagreement",
            0.05,
            0,
            1,
            "Largest share of answers in which a smaller model may differ from the source model, to publish it for its size;"
                    + " 0: never.");
    public static final Setting<Double> RIDGE =
            Setting.decimal("repair.ridge", 0.01, 0, 1000, "Pull of the refit towards the old weights.");
    public static final Setting<Long> SWEEP_EVENTS = Setting.integer(
            "repair.sweep.events", 128, 1, 10_000, "events", "Events of the reservoir that weights are solved on.");
    public static final Setting<Long> RESERVOIR_EVENTS = Setting.integer(
            "reservoir.events",
            400,
            0,
            10_000,
            "events",
            "Inputs kept of each user to repair and judge on; 0 keeps nothing and allows plain pruning only.");
    public static final Setting<Double> SAMPLING_FINISHED = Setting.decimal(
            "sampling.finished.users",
            1,
            0,
            1,
            "Share of the events of users whose pruning is done that is still counted; the others cost no forward pass.");
    public static final Setting<Long> ROLLBACK_VERSIONS = Setting.integer(
            "rollback.versions",
            2,
            0,
            16,
            "updates",
            "Published updates of each user that are kept to go back to, the one in force included.");
    public static final Setting<Long> QUARANTINE_FAILURES = Setting.integer(
            "quarantine.failures",
            3,
            1,
            100,
            "devices",
            "Devices of a user on which an update fails before it is taken back and what was published before is in force again.");
    public static final Setting<Double> DRIFT_THRESHOLD = Setting.decimal(
            "drift.threshold",
            0,
            0,
            1000,
            "Distance of new events from those of the last pruning, in units of the user's own spread, that begins a round; 0: not watched.");
    public static final Setting<Long> DRIFT_EVENTS = Setting.integer(
            "drift.events", 50, 10, 100_000, "events", "New events of a user that are compared at a time.");
    public static final Setting<Long> DRIFT_MIN_INTERVAL = Setting.integer(
            "drift.min.interval.millis",
            86_400_000,
            0,
            31_536_000_000L,
            "milliseconds",
            "Shortest time between two rounds that drift begins for a user.");
    public static final Setting<Long> LATER_CLASSES_EVENTS = Setting.integer(
            "later.classes.events",
            100,
            0,
            100_000,
            "events",
            "Events after which a user is pruned once more, from the first that show classes which the last round did not meet; 0: not watched.");
    public static final Setting<Long> USERS_EXPIRE_AFTER = Setting.integer(
            "users.expire.after.millis",
            0,
            0,
            315_360_000_000L,
            "milliseconds",
            "Time without an event after which everything of a user is erased but the number of the last version; 0: never.");
    public static final Setting<Long> TOPIC_REPLICATION = Setting.integer(
            "topics.replication",
            -1,
            -1,
            32,
            "copies",
            "Replicas of every topic that is created; -1: as many as there are brokers, at most three.");
    public static final Setting<String> HTTP_HOST = Setting.text(
            "http.host",
            Optional.of("127.0.0.1"),
            "a host name or address",
            "Where page, interface, /metrics and /health listen; 0.0.0.0: on every address, as agents on several hosts need.");
    public static final Setting<Long> HTTP_PORT =
            Setting.integer("http.port", 9404, 0, 65_535, "a port", "Port of /metrics and /health; 0: any free one.");
    public static final Setting<String> HTTP_ADVERTISED = Setting.text(
            "http.advertised",
            Optional.empty(),
            "host:port",
            "Where other agents reach this one's http.port, to ask for its users (default: this host's name and http.port, or http.host where that is this host only).");
    public static final Setting<String> HTTP_COMMANDS_TOKEN_FILE = Setting.text(
            "http.commands.token.file",
            Optional.empty(),
            "a file with a token of 16 to 256 characters",
            "Turns on commands over HTTP, from the page at / too, for those who hold this token (default: off).");

    public static final Setting<String> MASKS_SIGNING_KEY_FILE = Setting.text(
            "masks.signing.key.file",
            Optional.empty(),
            "a file with an Ed25519 private key (PKCS#8, PEM)",
            "Signs every mask, for devices that trust the public key (default: masks are not signed).");
    public static final Setting<Long> MASKS_EXPIRE_AFTER = Setting.integer(
            "masks.expire.after.ms",
            0,
            0,
            315_360_000_000L,
            "milliseconds",
            "Time after which devices take a mask no more; 0: never.");
    public static final Setting<Long> MASKS_MESSAGE_BYTES = Setting.integer(
            "masks.message.bytes",
            MaskChunks.DEFAULT_CUT_BYTES,
            MaskChunks.MIN_CUT_BYTES,
            MaskChunks.MAX_BYTES,
            "bytes",
            "Largest update that is one message; a larger one goes in chunks of so many bytes, in a topic of their own.");
    public static final Setting<String> COMMANDS_TRUSTED_KEYS_FILE = Setting.text(
            "commands.trusted.keys.file",
            Optional.empty(),
            "a file with Ed25519 public keys (PEM)",
            "Carries out commands only that one of these keys signed (default: whoever can write to the topic commands).");
    public static final Setting<Long> COMMANDS_MAX_AGE = Setting.integer(
            "commands.max.age.ms",
            86_400_000,
            1000,
            2_592_000_000L,
            "milliseconds",
            "Age beyond which a signed command is taken for one sent again.");
    public static final Setting<String> COMMANDS_SIGNING_KEY_FILE = Setting.text(
            "commands.signing.key.file",
            Optional.empty(),
            "a file with an Ed25519 private key (PKCS#8, PEM)",
            "Signs the commands that come over HTTP; without it they are off where commands have to be signed.");

    private Settings() {}

    /** Returns all settings in the order in which they are documented. */
    public static List<Setting<?>> all() {
        return List.of(
                MODEL_DIRECTORY,
                APPLICATION_ID,
                STATE_DIRECTORY,
                THREADS,
                STANDBY_REPLICAS,
                STATE_MEMORY,
                BATCH_EVENTS,
                BATCH_MAX_DELAY,
                BUDGET_EVENTS,
                BUDGET_MILLIS,
                ROUNDS,
                WARMUP_EVENTS,
                SPARSITY,
                TARGET_MACS,
                LAYER_LIMITS,
                PROTECTED_LAYERS,
                CLASSES,
                OPEN,
                CRITERION,
                GRANULARITY,
                SCOPE,
                METHOD,
                KIND,
                SCALING,
                BIAS_COMPENSATION,
                INPUT_NORMALISATION,
                HEAD,
                PRIOR,
                GATE_CONFIDENCE,
                GATE_DISAGREEMENT,
                RIDGE,
                SWEEP_EVENTS,
                RESERVOIR_EVENTS,
                SAMPLING_FINISHED,
                ROLLBACK_VERSIONS,
                QUARANTINE_FAILURES,
                DRIFT_THRESHOLD,
                DRIFT_EVENTS,
                DRIFT_MIN_INTERVAL,
                LATER_CLASSES_EVENTS,
                USERS_EXPIRE_AFTER,
                SEED,
                TOPIC_REPLICATION,
                HTTP_HOST,
                HTTP_PORT,
                HTTP_ADVERTISED,
                HTTP_COMMANDS_TOKEN_FILE,
                MASKS_SIGNING_KEY_FILE,
                MASKS_EXPIRE_AFTER,
                MASKS_MESSAGE_BYTES,
                COMMANDS_TRUSTED_KEYS_FILE,
                COMMANDS_MAX_AGE,
                COMMANDS_SIGNING_KEY_FILE);
    }
}
