package io.fineprune.agent.bench;

import io.fineprune.agent.device.Device;
import io.fineprune.agent.device.KafkaDeviceTransport;
import io.fineprune.agent.runtime.FleetAgent;
import io.fineprune.agent.runtime.FleetControl;
import io.fineprune.agent.tensorflow.TensorFlowDeviceModels;
import io.fineprune.agent.tensorflow.layerwise.TensorFlowLayerwiseModel;
import io.fineprune.schemas.topic.Topics;
import io.fineprune.schemas.v1.CommandAction;
import io.fineprune.schemas.v1.MaskAcknowledgement;
import io.fineprune.schemas.v1.PruneCommand;
import io.fineprune.schemas.v1.PruningReport;
import io.fineprune.schemas.v1.PruningSettings;
import io.fineprune.schemas.v1.SensorEvent;
import io.fineprune.schemas.v1.UpdateKind;
import io.fineprune.topology.budget.Budget;
import io.fineprune.topology.lifecycle.EffectiveSettings;
import io.fineprune.topology.lifecycle.PersonalizationPlan;
import io.fineprune.topology.pruning.PruningPlan;
import io.fineprune.topology.repair.RepairSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/** Measures, with devices at work, how long they wait for a mask and what exchanging it costs them. */
public final class DeviceBench {
    private static final double NANOS_PER_MILLI = 1e6;
    private static final Duration DEADLINE = Duration.ofMillis(500);
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final long POLL_NANOS = Duration.ofMillis(2).toNanos();

    private final int users;
    private final int budget;
    private final int swaps;
    private final double eventsPerSecond;
    private final Path scratch;
    private final Consumer<String> progress;

    /**
     * Prepares the measurement; {@link #run} starts it.
     *
     * @param users one after the other, a device each
     * @param budget events after which a user is pruned and repaired
     * @param swaps of further masks for each user, asked for by commands
     * @param eventsPerSecond that a device captures
     */
    public DeviceBench(
            int users, int budget, int swaps, double eventsPerSecond, Path scratch, Consumer<String> progress) {
        this.users = users;
        this.budget = budget;
        this.swaps = swaps;
        this.eventsPerSecond = eventsPerSecond;
        this.scratch = scratch;
        this.progress = progress;
    }

    /**
     * The measured times, in milliseconds.
     *
     * @param eventToSum from an event's timestamp until it is in the sums, mean of all events
     * @param budgetToApplied from sending the event that fills the budget until the device runs its mask: median, and worst
     * @param swap from receiving an update until the device runs it: median of all, and worst
     * @param longestGap in which no inference could begin because of a swap, of all devices
     * @param missedInferences that swaps dropped, refused or delayed
     */
    public record Result(
            double eventToSum,
            double budgetToApplied,
            double worstBudgetToApplied,
            double swap,
            double worstSwap,
            double longestGap,
            long missedInferences,
            int masks) {
        /** A table in Markdown. */
        public String markdown() {
            return Report.line("| of %d masks | median | worst |", masks)
                    + Report.line("|---|---|---|")
                    + Report.line("| event to sum (mean) | %.0f ms | |", eventToSum)
                    + Report.line(
                            "| budget full to applied mask, repair included | %.0f ms | %.0f ms |",
                            budgetToApplied, worstBudgetToApplied)
                    + Report.line("| update received to running | %.1f ms | %.1f ms |", swap, worstSwap)
                    + Report.line("| longest time without inference | | %.3f ms |", longestGap)
                    + Report.line("| inferences missed | | %d |", missedInferences);
        }
    }

    /** Runs broker, agent and devices, measures, and stops them all. */
    public Result run() throws Exception {
        List<Double> applied = new ArrayList<>();
        List<Double> swapped = new ArrayList<>();
        double gap = 0;
        long missed = 0;
        try (BenchFleet fleet = new BenchFleet(scratch);
                TensorFlowLayerwiseModel layerwise = fleet.model.layerwise(fleet.source.moments())) {
            Topics topics = fleet.topics("");
            FleetControl control = new FleetControl(topics, fleet.kafka());
            String modelId = fleet.model.architecture().modelId();
            List<SensorEvent> payloads = fleet.source.features(fleet.model);
            try (FleetAgent agent = BenchAgent.start(
                    fleet.broker.bootstrapServers(),
                    topics,
                    "bench-devices",
                    fleet.folder("state"),
                    fleet.model,
                    Map.of(modelId, layerwise),
                    repaired())) {
                for (int u = 0; u < users; u++) {
                    progress.accept("User %d of %d".formatted(u + 1, users));
                    try (Device device = new Device(
                            "user-" + u,
                            "device-" + u,
                            new TensorFlowDeviceModels(fleet.model),
                            new KafkaDeviceTransport(topics, fleet.kafka()),
                            Clock.systemUTC(),
                            DEADLINE)) {
                        AtomicBoolean done = new AtomicBoolean();
                        Thread inferences = inferences(device, payloads, done);
                        try {
                            applied.add(untilApplied(device, payloads, u));
                            swapped.add(lastSwap(control, device));
                            for (int s = 1; s <= swaps; s++) {
                                reprune(control, device, s);
                                swapped.add(lastSwap(control, device));
                            }
                        } finally {
                            done.set(true);
                            inferences.join();
                        }
                        gap = Math.max(gap, device.swapper().longestGapMicros() / 1e3);
                        missed += device.swapper().missedInferences();
                    }
                }
                return new Result(
                        agent.metrics().meanLatencyMillis(modelId),
                        median(applied),
                        max(applied),
                        median(swapped),
                        max(swapped),
                        gap,
                        missed,
                        swapped.size());
            }
        }
    }

    private EffectiveSettings repaired() {
        return new EffectiveSettings(
                new PersonalizationPlan(
                        PruningPlan.DEFAULT.withSparsity(0.7),
                        UpdateKind.UPDATE_KIND_REFIT,
                        true,
                        false,
                        RepairSettings.DEFAULT),
                new Budget(budget, 0, 1));
    }

    /** Starts a thread that runs inference on the payloads in turn until the measurement is done. */
    private static Thread inferences(Device device, List<SensorEvent> payloads, AtomicBoolean done) {
        Thread thread = new Thread(
                () -> {
                    for (int i = 0; !done.get(); i++) {
                        try {
                            var unused = device.infer(payloads.get(i % payloads.size()));
                        } catch (Exception e) {
                            throw new IllegalStateException("Expected an inference, but: " + e.getMessage(), e);
                        }
                        LockSupport.parkNanos(POLL_NANOS);
                    }
                },
                "inferences");
        thread.start();
        return thread;
    }

    private double untilApplied(Device device, List<SensorEvent> payloads, int user) throws Exception {
        long pause = (long) (1e9 / eventsPerSecond);
        long next = System.nanoTime();
        for (int e = 0; e < budget; e++) {
            while (System.nanoTime() < next) {
                LockSupport.parkNanos(next - System.nanoTime());
            }
            next += pause;
            device.capture(payloads.get((31 * user + e) % payloads.size()));
        }
        long start = System.nanoTime();
        await(() -> device.swapper().version() >= 1, "a mask for " + device.user());
        return (System.nanoTime() - start) / NANOS_PER_MILLI;
    }

    private static void reprune(FleetControl control, Device device, int number) throws IOException {
        PruneCommand command = PruneCommand.newBuilder()
                .setCommandId(device.user() + "-" + number)
                .setUserId(device.user())
                .setAction(CommandAction.COMMAND_ACTION_REPRUNE)
                .setSettings(PruningSettings.newBuilder().setSparsity(number % 2 == 0 ? 0.7 : 0.5))
                .setRequestedAtMillis(System.currentTimeMillis())
                .build();
        List<PruningReport> reports = control.send(command, PATIENCE, Duration.ofMillis(200));
        long version =
                reports.stream().mapToLong(PruningReport::getVersion).max().orElse(0);
        if (version < 2) {
            throw new IOException("Expected a further mask for " + device.user() + ", but the answers were " + reports);
        }
        await(() -> device.swapper().version() >= version, "version " + version + " on " + device.user());
    }

    private static double lastSwap(FleetControl control, Device device) throws IOException {
        long version = device.swapper().version();
        MaskAcknowledgement[] found = new MaskAcknowledgement[1];
        await(
                () -> {
                    for (MaskAcknowledgement answer : control.acknowledgements()) {
                        if (answer.getUserId().equals(device.user()) && answer.getVersion() >= version) {
                            found[0] = answer;
                        }
                    }
                    return found[0] != null;
                },
                "an answer to version " + version);
        return found[0].getSwapMicros() / 1e3;
    }

    private static void await(BooleanSupplier condition, String what) throws IOException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > end) {
                throw new IOException("Expected %s within %d s".formatted(what, PATIENCE.toSeconds()));
            }
            LockSupport.parkNanos(POLL_NANOS);
        }
    }

    private static double median(List<Double> values) {
        return Report.median(values.stream().mapToDouble(Double::doubleValue).toArray());
    }

    private static double max(List<Double> values) {
        return Report.max(values.stream().mapToDouble(Double::doubleValue).toArray());
    }
}
