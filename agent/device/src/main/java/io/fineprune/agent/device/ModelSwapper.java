package io.fineprune.agent.device;

import io.fineprune.agent.update.DeviceModel;
import io.fineprune.agent.update.DeviceModels;
import io.fineprune.agent.update.MaskVerifier;
import io.fineprune.agent.update.Verdict;
import io.fineprune.schemas.serde.Acknowledgements;
import io.fineprune.schemas.v1.AcknowledgementStatus;
import io.fineprune.schemas.v1.MaskAcknowledgement;
import io.fineprune.schemas.v1.MaskUpdate;
import io.fineprune.topology.activation.ModelInput;
import io.fineprune.topology.activation.UnusableEventException;
import io.fineprune.topology.repair.ModelUpdate;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Builds and swaps models from updates, in the order in which they come, on a thread of its own, while inferences go
 * on in others. A model that is built is checked on the inputs that the device answered last before it may run, and
 * given up if it fails later.
 *
 * <table>
 * <caption>Transitions</caption>
 * <tr><th>runs</th><th>on</th><th>then runs</th><th>acknowledges</th></tr>
 * <tr><td>version v</td><td>update that is refused</td><td>v</td><td>refused, with the reason</td></tr>
 * <tr><td>version v</td><td>update v</td><td>v</td><td>applied</td></tr>
 * <tr><td>version v</td><td>update w, newer, that fails its self-check</td><td>v</td><td>refused, with the reason</td></tr>
 * <tr><td>version v</td><td>update w, newer</td><td>w, masked; v is kept</td><td>applied</td></tr>
 * <tr><td>w, masked</td><td>the compacted model answers as the masked one does</td><td>w, compacted</td><td></td></tr>
 * <tr><td>w, masked</td><td>it cannot be built</td><td>w, masked</td><td></td></tr>
 * <tr><td>w, masked</td><td>it answers otherwise, or not at all</td><td>v</td><td>w rolled back, with the reason</td></tr>
 * <tr><td>w</td><td>it fails again and again where v does not</td><td>v</td><td>w rolled back, with the reason</td></tr>
 * <tr><td>v, after w</td><td>update w once more</td><td>v</td><td>refused, with the reason</td></tr>
 * </table>
 */
public final class ModelSwapper implements AutoCloseable {
    private static final Logger LOGGER = LoggerFactory.getLogger(ModelSwapper.class);
    private static final int RECENT_INPUTS = 16;

    private final String device;
    private final DeviceModels models;
    private final MaskVerifier verifier;
    private final Answerer answerer;
    private final SwapListener listener;
    private final ModelSlot slot;
    private final SwapMeter meter;
    private final SelfCheck check;
    private final RunMonitor monitor = new RunMonitor();
    private final RecentInputs recent = new RecentInputs(RECENT_INPUTS);
    private final ExecutorService thread;
    private long newestVersion;
    private String failure = "";
    private final AtomicLong rollbacks = new AtomicLong();

    /**
     * Creates a swapper that runs the source model.
     *
     * @param acknowledgements receives acknowledgements on the swapper's thread
     * @param deadline longest time that an inference may take before it counts as missed
     */
    public ModelSwapper(
            String user,
            String device,
            DeviceModels models,
            Consumer<MaskAcknowledgement> acknowledgements,
            Clock clock,
            Duration deadline) {
        this(user, device, models, acknowledgements, SwapListener.NONE, clock, deadline);
    }

    /** Creates a swapper that also reports to a listener which versions run. */
    public ModelSwapper(
            String user,
            String device,
            DeviceModels models,
            Consumer<MaskAcknowledgement> acknowledgements,
            SwapListener listener,
            Clock clock,
            Duration deadline) {
        this.listener = listener;
        this.device = device;
        this.models = models;
        this.verifier = new MaskVerifier(user, models.architecture());
        this.answerer = new Answerer(
                MaskAcknowledgement.newBuilder()
                        .setUserId(user)
                        .setDeviceId(device)
                        .setModelId(models.architecture().modelId())
                        .build(),
                acknowledgements,
                clock);
        this.meter = new SwapMeter(deadline);
        this.check = new SelfCheck(deadline);
        this.slot = new ModelSlot(models.source(), new Failures());
        this.thread = Executors.newSingleThreadExecutor(task -> {
            Thread swap = new Thread(task, "swap-" + device);
            swap.setDaemon(true);
            return swap;
        });
    }

    /**
     * Runs one inference under the version in force; if that fails, under the version before it. May be called by any
     * thread.
     *
     * @throws UnusableEventException if the pass fails on this input
     */
    public Inference infer(ModelInput input) throws UnusableEventException {
        boolean duringSwap = meter.underWay();
        try {
            Inference inference = slot.infer(input);
            meter.answered(inference, duringSwap);
            recent.add(input);
            return inference;
        } catch (IllegalStateException e) {
            meter.failed();
            throw e;
        }
    }

    /** Queues an update and returns at once. May be called by any thread. */
    public void receive(MaskUpdate update) {
        receive(update, Optional.empty());
    }

    /**
     * Queues an update together with its record and returns at once. May be called by any thread.
     *
     * @param origin the record that the update was parsed from, handed to the listener
     */
    public void receive(MaskUpdate update, Optional<MaskRecord> origin) {
        long received = System.nanoTime();
        onThread(update.getVersion(), () -> handle(update, origin, received));
    }

    /**
     * Acknowledges that an update was refused by an earlier check, in its turn among the queued updates. May be called
     * by any thread.
     *
     * @param version the update's version; 0 if it was refused before it could be read
     */
    void refuse(long version, String reason) {
        onThread(
                version,
                () -> answerer.declined(
                        AcknowledgementStatus.ACKNOWLEDGEMENT_STATUS_REFUSED,
                        version,
                        reason,
                        slot.version(),
                        0,
                        new SwapMeter.Reading(0, 0)));
    }

    /**
     * Restores a version that ran before a restart, without an acknowledgement; waits until it runs or has failed.
     */
    void restore(MaskUpdate update, MaskRecord origin) throws InterruptedException {
        CountDownLatch done = new CountDownLatch(1);
        onThread(update.getVersion(), () -> {
            answerer.mute(true);
            try {
                handle(update, Optional.of(origin), System.nanoTime());
            } finally {
                answerer.mute(false);
                done.countDown();
            }
        });
        done.await();
    }

    private void onThread(long version, Runnable task) {
        try {
            thread.execute(task);
        } catch (RejectedExecutionException e) {
            LOGGER.debug("Device {} is closed and ignores version {}", device, version);
        }
    }

    /** The mask version in force; 0: the source model. */
    public long version() {
        return slot.version();
    }

    /** Tells whether the model in force is compacted, that is, without the channels that its mask removes. */
    public boolean compacted() {
        return slot.compacted();
    }

    /** Counts how often the device has rolled back a failing version by itself. */
    public long rollbacks() {
        return rollbacks.get();
    }

    /** Tells whether no model is being built or swapped. */
    public boolean settled() {
        return !meter.underWay();
    }

    /** Inferences missed during all swaps so far. */
    public long missedInferences() {
        return meter.total().missed();
    }

    /** The longest time that an inference waited during any swap so far, microseconds. */
    public long longestGapMicros() {
        return TimeUnit.NANOSECONDS.toMicros(meter.total().longestGapNanos());
    }

    /** Lets the swap under way end, for at most ten seconds, then closes the models. */
    @Override
    public void close() {
        thread.shutdown();
        try {
            if (!thread.awaitTermination(10, TimeUnit.SECONDS)) {
                LOGGER.warn("Device {} still builds a model; it is left to itself", device);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        slot.close();
    }

    private void handle(MaskUpdate update, Optional<MaskRecord> origin, long receivedNanos) {
        long version = update.getVersion();
        meter.begin();
        long exchange = 0;
        Optional<String> refusal = Optional.empty();
        Optional<ModelUpdate> accepted = Optional.empty();
        try {
            Verdict verdict = verify(update);
            if (verdict instanceof Verdict.Refused refused) {
                refusal = Optional.of(refused.reason());
            } else if (verdict instanceof Verdict.Accepted whole) {
                listener.accepted(version);
                DeviceModel masked = models.masked(whole.content());
                refusal = check.alone(masked, recent.orElse(models.probes()))
                        .map(reason -> Acknowledgements.SELF_CHECK + ": " + reason);
                if (refusal.isPresent()) {
                    masked.close();
                } else {
                    long before = System.nanoTime();
                    slot.swap(masked, version, false);
                    exchange = System.nanoTime() - before;
                    newestVersion = version;
                    monitor.begin(version);
                    listener.applied(version, origin);
                    accepted = Optional.of(whole.content());
                }
            }
        } catch (RuntimeException e) {
            LOGGER.warn("Device {} could not apply version {}", device, version, e);
            refusal = Optional.of("The model could not be built: " + e.getMessage());
        }
        long swapNanos = System.nanoTime() - receivedNanos;
        if (accepted.isPresent()) {
            meter.begin(); // before the masked swap's measurement ends, so that no inference falls between the two
        }
        SwapMeter.Reading reading = meter.end(exchange);
        if (refusal.isPresent()) {
            answerer.declined(
                    AcknowledgementStatus.ACKNOWLEDGEMENT_STATUS_REFUSED,
                    version,
                    refusal.get(),
                    slot.version(),
                    swapNanos,
                    reading);
        } else {
            answerer.applied(version, swapNanos, reading);
        }
        accepted.ifPresent(content -> compact(content, version));
    }

    private Verdict verify(MaskUpdate update) {
        if (update.getVersion() == slot.version()) {
            return verifier.verify(update, slot.version());
        }
        Verdict verdict = verifier.verify(update, newestVersion);
        return verdict instanceof Verdict.InForce
                ? new Verdict.Refused("Version %d was rolled back here: %s".formatted(newestVersion, failure))
                : verdict;
    }

    private void compact(ModelUpdate content, long version) {
        long exchange = 0;
        try {
            Optional<DeviceModel> smaller = models.compacted(content);
            if (smaller.isPresent()) {
                Optional<String> wrong = check.against(slot::run, smaller.get(), recent.orElse(models.probes()));
                if (wrong.isPresent()) {
                    smaller.get().close();
                    rollBack(version, "Self-check of the compacted model: " + wrong.get());
                } else {
                    long before = System.nanoTime();
                    slot.swap(smaller.get(), version, true);
                    exchange = System.nanoTime() - before;
                }
            }
        } catch (RuntimeException e) {
            LOGGER.warn("Device {} goes on with the masked model of version {}", device, version, e);
        } finally {
            meter.end(exchange);
        }
    }

    /**
     * Rolls the given version back to the one before, unless another version is in force by now. Runs on the swapper's
     * thread.
     */
    private void rollBack(long version, String reason) {
        if (slot.version() != version) {
            return;
        }
        meter.begin();
        long started = System.nanoTime();
        slot.rollBack(models::source);
        monitor.begin(slot.version());
        long took = System.nanoTime() - started;
        failure = reason;
        rollbacks.incrementAndGet();
        listener.rolledBack(version, reason);
        SwapMeter.Reading reading = meter.end(took);
        LOGGER.warn("Device {} went back from version {} to {}: {}", device, version, slot.version(), reason);
        answerer.declined(
                AcknowledgementStatus.ACKNOWLEDGEMENT_STATUS_ROLLED_BACK,
                version,
                reason,
                slot.version(),
                took,
                reading);
    }

    /**
     * Counts failed inferences of the version in force, and has the swapper's thread go back when there are too
     * many.
     */
    private final class Failures implements ModelSlot.Watcher {
        @Override
        public void answered(long version) {
            monitor.answered(version);
        }

        @Override
        public void failed(long version, String reason) {
            if (monitor.failed(version)) {
                meter.begin();
                try {
                    thread.execute(() -> giveUp(version, reason));
                } catch (RejectedExecutionException e) {
                    meter.end(0);
                }
            }
        }

        private void giveUp(long version, String reason) {
            try {
                rollBack(version, "Failed while running: " + reason);
            } catch (RuntimeException e) {
                LOGGER.warn("Device {} could not go back from version {}", device, version, e);
            } finally {
                meter.end(0);
            }
        }
    }
}
