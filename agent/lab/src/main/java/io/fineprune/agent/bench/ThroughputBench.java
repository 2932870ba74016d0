package io.fineprune.agent.bench;

import io.fineprune.agent.broker.BrokerProcess;
import io.fineprune.agent.broker.BrokerSettings;
import io.fineprune.agent.runtime.FleetAgent;
import io.fineprune.agent.runtime.FleetTopics;
import io.fineprune.agent.tensorflow.RunnableModel;
import io.fineprune.agent.tensorflow.TensorFlowModel;
import io.fineprune.schemas.topic.Topics;
import io.fineprune.topology.activation.ModelInput;
import io.fineprune.topology.activation.UnusableEventException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.kafka.streams.KafkaStreams;

/**
 * Measures the whole way of an event, from the broker into the sums, against the forward pass alone and against one event at
 * a time. All three take turns in one process; broker and devices have processes of their own.
 */
public final class ThroughputBench {
    private static final int BATCH = 32;
    private static final int WARM_UP_ROUNDS = 2;
    private static final int KEPT_SHARE = 8;
    private static final int COPIED_SHARE = 128;

    private final Options options;
    private final Path scratch;
    private final Consumer<String> progress;

    /** The kind of payload that devices send. */
    public enum Payload {
        FEATURES,
        WAV
    }

    /**
     * The load and the number of rounds.
     *
     * @param events of a round
     * @param users that send in turn
     * @param rounds that the medians are of, after two that are not counted
     * @param newUsers whether every round is sent by users never seen before, whose inputs are all kept, or always by the same
     */
    public record Options(Payload payload, int events, int users, int rounds, boolean newUsers) {
        public Options {
            if (events < KEPT_SHARE || users < 1 || rounds < 1) {
                throw new IllegalArgumentException(
                        "Expected at least %d events, 1 user and 1 round, but was %d, %d and %d"
                                .formatted(KEPT_SHARE, events, users, rounds));
            }
        }
    }

    /** @param scratch a folder for the broker and the state stores */
    public ThroughputBench(Options options, Path scratch, Consumer<String> progress) {
        this.options = options;
        this.scratch = scratch;
        this.progress = progress;
    }

    /** Runs all variants in turn, measures, and stops them all. */
    public ThroughputResult run() throws IOException, InterruptedException, UnusableEventException {
        BenchSource source = BenchSource.unpack(scratch);
        progress.accept("Starting broker, agent and the patterns to compare with");
        try (TensorFlowModel model = source.open(BATCH);
                TensorFlowModel one = source.open(1);
                RunnableModel bare = new RunnableModel(model.frozen(), BATCH);
                BrokerProcess broker = BrokerProcess.start(BrokerSettings.in(scratch.resolve("broker")))) {
            String servers = broker.bootstrapServers();
            Topics batched = topics(servers, "");
            Topics kept = topics(servers, "session-kept.");
            Topics copied = topics(servers, "session-per-event.");
            Path payloads = BenchSource.write(
                    scratch.resolve("payloads"),
                    options.payload() == Payload.WAV ? source.recordings() : source.features(model));
            OneAtATime withSession = new OneAtATime("session-kept", one, one::evaluate);
            OneAtATime asCopied = new OneAtATime("session-per-event", one, one::evaluateInNewSession);
            try (LoadProcess load =
                            new LoadProcess(servers, model.architecture().modelId(), payloads);
                    FleetAgent agent = BenchAgent.start(
                            servers,
                            batched,
                            "bench-throughput",
                            scratch.resolve("state"),
                            model,
                            Map.of(),
                            BenchAgent.counting());
                    KafkaStreams first =
                            withSession.start(servers, kept.sensorEvents().name(), scratch.resolve("state-kept"));
                    KafkaStreams second =
                            asCopied.start(servers, copied.sensorEvents().name(), scratch.resolve("state-copied"))) {
                Pausable fleet = BenchAgent.pausable(agent, batched);
                fleet.streams().pause();
                first.pause();
                second.pause();
                return rounds(
                        load,
                        fleet,
                        new Pausable(first, kept.sensorEvents().name(), withSession::counted),
                        new Pausable(second, copied.sensorEvents().name(), asCopied::counted),
                        bare,
                        source.inputs(model));
            }
        }
    }

    private static Topics topics(String servers, String prefix) {
        Topics topics = prefix.isEmpty() ? Topics.standard() : Topics.withPrefix(prefix);
        try (FleetTopics admin = new FleetTopics(topics, Map.of("bootstrap.servers", servers))) {
            admin.create(BenchAgent.PARTITIONS, 1);
        }
        return topics;
    }

    private ThroughputResult rounds(
            LoadProcess load,
            Pausable fleet,
            Pausable kept,
            Pausable copied,
            RunnableModel bare,
            List<ModelInput> inputs)
            throws IOException, UnusableEventException {
        List<ThroughputResult.Round> rounds = new ArrayList<>();
        int fewer = options.events() / KEPT_SHARE;
        int fewest = Math.max(1, options.events() / COPIED_SHARE);
        for (int round = 1 - WARM_UP_ROUNDS; round <= options.rounds(); round++) {
            progress.accept(round < 1 ? "Warming up" : "Round %d of %d".formatted(round, options.rounds()));
            long firstUser = options.newUsers() ? (long) (round + WARM_UP_ROUNDS) * options.users() : 0;
            Pausable.Cost batched = fleet.work(load, firstUser, options.users(), options.events());
            Pausable.Cost forward = forward(bare, inputs);
            Pausable.Cost single = kept.work(load, firstUser, options.users(), fewer);
            Pausable.Cost naive = copied.work(load, firstUser, options.users(), fewest);
            if (round > 0) {
                rounds.add(new ThroughputResult.Round(
                        batched.per(options.events()),
                        forward.per(options.events()),
                        single.per(fewer),
                        naive.per(fewest)));
            }
        }
        return ThroughputResult.of(options, rounds);
    }

    private Pausable.Cost forward(RunnableModel bare, List<ModelInput> inputs) throws UnusableEventException {
        Window window = new Window();
        for (int done = 0; done < options.events(); done += BATCH) {
            List<ModelInput> batch = new ArrayList<>(BATCH);
            for (int i = 0; i < BATCH; i++) {
                batch.add(inputs.get((done + i) % inputs.size()));
            }
            bare.run(batch);
        }
        return new Pausable.Cost(window.cpuSeconds(), window.seconds());
    }
}
