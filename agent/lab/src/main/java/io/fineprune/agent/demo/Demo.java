package io.fineprune.agent.demo;

import io.fineprune.agent.broker.BrokerProcess;
import io.fineprune.agent.broker.BrokerSettings;
import io.fineprune.agent.device.Device;
import io.fineprune.agent.device.DeviceMemory;
import io.fineprune.agent.device.KafkaDeviceTransport;
import io.fineprune.agent.runtime.FleetAgent;
import io.fineprune.agent.runtime.FleetControl;
import io.fineprune.agent.runtime.FleetTopics;
import io.fineprune.agent.tensorflow.TensorFlowDeviceModels;
import io.fineprune.agent.tensorflow.TensorFlowModel;
import io.fineprune.agent.tensorflow.layerwise.TensorFlowLayerwiseModel;
import io.fineprune.schemas.serde.UserModelKey;
import io.fineprune.schemas.signature.Ed25519Signer;
import io.fineprune.schemas.signature.TrustedKeys;
import io.fineprune.schemas.topic.Topics;
import io.fineprune.schemas.v1.MaskAcknowledgement;
import io.fineprune.schemas.v1.MaskUpdate;
import io.fineprune.topology.activation.UnusableEventException;
import io.fineprune.topology.budget.Budget;
import io.fineprune.topology.lifecycle.EffectiveSettings;
import io.fineprune.topology.stream.Routing;
import io.fineprune.topology.stream.StreamsSettings;
import io.fineprune.topology.stream.TopologySettings;
import io.fineprune.topology.stream.Trust;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs broker, agent and devices on recordings, and measures accuracy, size and swaps for each user. */
public final class Demo {
    private static final Logger LOGGER = LoggerFactory.getLogger(Demo.class);
    private static final int PARTITIONS = 4;
    private static final Duration POLL = Duration.ofMillis(200);
    private static final Duration START_TIMEOUT = Duration.ofSeconds(60);
    private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(60);
    private static final Duration COMPACTION_TIMEOUT = Duration.ofSeconds(20);
    private static final Duration DEADLINE = Duration.ofMillis(500);

    private final DemoOptions options;
    private final Path scratch;
    private final DemoListener listener;
    private final Clock clock;

    /**
     * Prepares a demo; {@link #run} starts it.
     *
     * @param scratch a folder for the broker, the state stores and what has to be unpacked
     */
    public Demo(DemoOptions options, Path scratch, DemoListener listener, Clock clock) {
        this.options = options;
        this.scratch = scratch;
        this.listener = listener;
        this.clock = clock;
    }

    /**
     * The result of a demo.
     *
     * @param users one result for each
     * @param budget events after which users were pruned
     * @param heldBack users whom the gate decided to leave with the source model
     */
    public record Result(List<UserResult> users, int budget, Set<String> heldBack) {
        public Result {
            users = List.copyOf(users);
            heldBack = Set.copyOf(heldBack);
        }

        /** Whether there was a mask, and every device applied what it was sent. */
        public boolean complete() {
            return users.stream().anyMatch(user -> user.mask().isPresent())
                    && users.stream()
                            .allMatch(user -> user.acknowledgement().isPresent()
                                    || (user.mask().isEmpty() && heldBack.contains(user.user())));
        }
    }

    /**
     * Runs broker, agent and devices, and stops them all.
     *
     * @throws DemoException if the recordings or the model cannot be used, or a part failed
     */
    public Result run() throws DemoException, InterruptedException {
        DemoSource source = new DemoSource(options, scratch, listener);
        DemoData data = source.data();
        int budget = data.budget(options.budget());
        data.users()
                .forEach((user, own) -> listener.step("User %s: %d recordings to stream, %d held out (%d %%)"
                        .formatted(
                                user,
                                own.streamed().size(),
                                own.heldOut().size(),
                                100
                                        * own.heldOut().size()
                                        / (own.heldOut().size() + own.streamed().size()))));
        Deque<AutoCloseable> open = new ArrayDeque<>();
        try {
            DemoSource.Opened opened = source.model(data);
            TensorFlowModel model = keep(open, opened.model());
            TensorFlowLayerwiseModel layerwise = keep(open, model.layerwise(opened.moments()));
            listener.step("Source model %s: %d layers, %d classes, fingerprint %s"
                    .formatted(
                            model.architecture().modelId(),
                            model.architecture().layers().size(),
                            model.architecture().classes(),
                            model.architecture().fingerprint().substring(0, 16)));
            BrokerProcess broker = keep(open, BrokerProcess.start(BrokerSettings.in(scratch.resolve("broker"))));
            listener.step("Broker (process %d) at %s".formatted(broker.pid(), broker.bootstrapServers()));
            return run(data, budget, model, layerwise, Map.of("bootstrap.servers", broker.bootstrapServers()), open);
        } catch (IOException | UnusableEventException e) {
            throw new DemoException("A recording cannot be used: " + e.getMessage(), e);
        } finally {
            closeAll(open);
        }
    }

    private Result run(
            DemoData data,
            int budget,
            TensorFlowModel model,
            TensorFlowLayerwiseModel layerwise,
            Map<String, String> kafka,
            Deque<AutoCloseable> open)
            throws DemoException, InterruptedException, IOException, UnusableEventException {
        Topics topics = Topics.standard();
        try (FleetTopics admin = new FleetTopics(topics, kafka)) {
            listener.step("Topics: " + String.join(", ", admin.create(PARTITIONS, 1)));
        }
        Ed25519Signer signer = Ed25519Signer.generate();
        TrustedKeys trusted = TrustedKeys.of(signer.publicKey());
        listener.step("Masks are signed with %s, made for this run; devices refuse all others".formatted(signer));
        String modelId = model.architecture().modelId();
        FleetAgent agent = keep(
                open,
                FleetAgent.start(
                        new TopologySettings(
                                topics,
                                PARTITIONS,
                                Routing.DIRECT,
                                model.batchSize(),
                                TopologySettings.DEFAULT_BATCH_MAX_DELAY_MILLIS,
                                new EffectiveSettings(options.plan(), new Budget(budget, 0, Budget.DEFAULT.rounds())),
                                TopologySettings.DEFAULT_RESERVOIR_EVENTS,
                                TopologySettings.DEFAULT_SWEEP_USERS),
                        new Trust(signer, Optional.empty(), Optional.empty()),
                        new StreamsSettings(
                                "fineprune-demo",
                                kafka.getOrDefault("bootstrap.servers", ""),
                                scratch.resolve("state"),
                                1,
                                Map.of("num.standby.replicas", "0")),
                        Map.of(modelId, model),
                        Map.of(modelId, layerwise),
                        clock));
        Map<String, DemoDevice> devices = new TreeMap<>();
        for (Map.Entry<String, DemoData.UserData> user : data.users().entrySet()) {
            Device device = new Device(
                    user.getKey(),
                    user.getKey() + "-1",
                    new TensorFlowDeviceModels(model),
                    new KafkaDeviceTransport(topics, kafka),
                    Optional.of(() -> trusted),
                    DeviceMemory.none(),
                    clock,
                    DEADLINE);
            devices.put(
                    user.getKey(),
                    keep(
                            open,
                            new DemoDevice(
                                    device,
                                    model.architecture().labels(),
                                    user.getValue(),
                                    budget,
                                    options.eventsPerSecond(),
                                    clock)));
        }
        Map<String, Double> before = accuracies(devices);
        if (!agent.awaitRunning(START_TIMEOUT)) {
            throw new DemoException("The agent did not start within " + START_TIMEOUT.toSeconds() + " s");
        }
        listener.step("Agent runs; %d devices stream %.0f events/s each, budget %d events"
                .formatted(devices.size(), options.eventsPerSecond(), budget));
        AcknowledgementReader answers = keep(open, new AcknowledgementReader(topics, kafka));
        devices.values().forEach(DemoDevice::start);
        follow(devices, answers);
        for (DemoDevice device : devices.values()) {
            device.stop();
        }
        Map<String, Double> after = accuracies(devices);
        Map<UserModelKey, MaskUpdate> masks = new FleetControl(topics, kafka).masks();
        List<UserResult> results = new ArrayList<>();
        devices.forEach((user, device) -> results.add(result(
                user,
                device,
                before.getOrDefault(user, 0.0),
                after.getOrDefault(user, 0.0),
                Optional.ofNullable(masks.get(new UserModelKey(user, modelId))),
                answers.of(user))));
        return new Result(
                results,
                budget,
                devices.keySet().stream().filter(answers::heldBack).collect(Collectors.toSet()));
    }

    /** Until every device has streamed all and runs its compacted model, or time is up. */
    private void follow(Map<String, DemoDevice> devices, AcknowledgementReader answers) throws DemoException {
        long answerBy = Long.MAX_VALUE;
        long compactBy = Long.MAX_VALUE;
        while (true) {
            answers.poll(POLL);
            for (DemoDevice device : devices.values()) {
                Optional<Exception> failure = device.failure();
                if (failure.isPresent()) {
                    throw new DemoException(
                            "The device of %s failed: %s"
                                    .formatted(device.device().user(), failure.get()),
                            failure.get());
                }
            }
            listener.progress(state(devices, answers));
            long now = System.nanoTime();
            if (devices.values().stream().allMatch(device -> device.published() == device.toPublish())) {
                answerBy = answerBy == Long.MAX_VALUE ? now + ANSWER_TIMEOUT.toNanos() : answerBy;
                boolean answered = devices.keySet().stream()
                        .allMatch(user -> answers.of(user).isPresent() || answers.heldBack(user));
                if (answered) {
                    compactBy = compactBy == Long.MAX_VALUE ? now + COMPACTION_TIMEOUT.toNanos() : compactBy;
                }
                boolean compacted = devices.values().stream()
                        .allMatch(device -> device.device().swapper().settled());
                if ((answered && compacted) || now > answerBy || now > compactBy) {
                    return;
                }
            }
        }
    }

    private static String state(Map<String, DemoDevice> devices, AcknowledgementReader answers) {
        return devices.entrySet().stream()
                .map(entry -> "%s %d/%d%s"
                        .formatted(
                                entry.getKey(),
                                entry.getValue().published(),
                                entry.getValue().toPublish(),
                                answers.of(entry.getKey())
                                        .map(answer -> " mask v" + answer.getVersion())
                                        .orElse("")))
                .collect(Collectors.joining("  ", "Events: ", ""));
    }

    private static UserResult result(
            String user,
            DemoDevice device,
            double before,
            double after,
            Optional<MaskUpdate> mask,
            Optional<MaskAcknowledgement> answer) {
        Optional<MaskAcknowledgement> ofMask = answer.filter(
                given -> mask.isPresent() && given.getVersion() == mask.get().getVersion());
        return new UserResult(
                user,
                device.published(),
                device.heldOut(),
                before,
                after,
                mask,
                ofMask,
                ofMask.flatMap(given ->
                        device.budgetReachedMillis().map(reached -> Math.max(0, given.getAppliedAtMillis() - reached))),
                device.inferences(),
                device.device().swapper().missedInferences(),
                device.device().swapper().longestGapMicros(),
                device.device().swapper().compacted());
    }

    private static Map<String, Double> accuracies(Map<String, DemoDevice> devices)
            throws IOException, UnusableEventException {
        Map<String, Double> accuracies = new TreeMap<>();
        for (Map.Entry<String, DemoDevice> device : devices.entrySet()) {
            accuracies.put(device.getKey(), device.getValue().accuracy());
        }
        return accuracies;
    }

    private static <T extends AutoCloseable> T keep(Deque<AutoCloseable> open, T resource) {
        open.push(resource);
        return resource;
    }

    private static void closeAll(Deque<AutoCloseable> open) {
        for (AutoCloseable resource : open) {
            try {
                resource.close();
            } catch (Exception e) {
                LOGGER.warn("Could not close {}", resource, e);
            }
        }
    }
}
