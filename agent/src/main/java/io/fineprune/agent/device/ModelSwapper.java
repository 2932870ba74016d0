package io.fineprune.agent.device;

import io.fineprune.schemas.v1.AcknowledgementStatus;
import io.fineprune.schemas.v1.MaskAcknowledgement;
import io.fineprune.schemas.v1.MaskUpdate;
import io.fineprune.topology.activation.ModelInput;
import io.fineprune.topology.activation.UnusableEventException;
import io.fineprune.topology.repair.ModelUpdate;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns updates into swaps, in the order in which they come, on one thread of its own, while inferences go on in others.
 *
 * <table>
 * <caption>Transitions</caption>
 * <tr><th>runs</th><th>on</th><th>then runs</th><th>acknowledges</th></tr>
 * <tr><td>version v</td><td>update that is refused</td><td>v</td><td>refused, with the reason</td></tr>
 * <tr><td>version v</td><td>update v</td><td>v</td><td>applied</td></tr>
 * <tr><td>version v</td><td>update w, newer</td><td>w, masked</td><td>applied</td></tr>
 * <tr><td>w, masked</td><td>the compacted model is built</td><td>w, compacted</td><td></td></tr>
 * <tr><td>w, masked</td><td>it cannot be built</td><td>w, masked</td><td></td></tr>
 * </table>
 */
public final class ModelSwapper implements AutoCloseable {
    private static final Logger LOGGER = LoggerFactory.getLogger(ModelSwapper.class);
    private static final int MAX_REASON_CHARACTERS = 256;

    private final String user;
    private final String device;
    private final DeviceModels models;
    private final MaskVerifier verifier;
    private final Consumer<MaskAcknowledgement> acknowledgements;
    private final Clock clock;
    private final ModelSlot slot;
    private final SwapMeter meter;
    private final ExecutorService thread;
    private volatile boolean compacted;

    /**
     * Begins with the source model.
     *
     * @param acknowledgements called on this object's thread
     * @param deadline longest time that an inference may take before it counts as missed
     */
    public ModelSwapper(
            String user,
            String device,
            DeviceModels models,
            Consumer<MaskAcknowledgement> acknowledgements,
            Clock clock,
            Duration deadline) {
        this.user = user;
        this.device = device;
        this.models = models;
        this.verifier = new MaskVerifier(user, models.architecture());
        this.acknowledgements = acknowledgements;
        this.clock = clock;
        this.slot = new ModelSlot(models.source());
        this.meter = new SwapMeter(deadline);
        this.thread = Executors.newSingleThreadExecutor(task -> {
            Thread swap = new Thread(task, "swap-" + device);
            swap.setDaemon(true);
            return swap;
        });
    }

    /**
     * Runs one inference under the version in force. By any thread.
     *
     * @throws UnusableEventException if the pass fails on this input
     */
    public Inference infer(ModelInput input) throws UnusableEventException {
        boolean duringSwap = meter.underWay();
        try {
            Inference inference = slot.infer(input);
            meter.answered(inference, duringSwap);
            return inference;
        } catch (IllegalStateException e) {
            meter.failed();
            throw e;
        }
    }

    /** Hands an update over and returns at once. By any thread. */
    public void receive(MaskUpdate update) {
        long received = System.nanoTime();
        try {
            thread.execute(() -> handle(update, received));
        } catch (RejectedExecutionException e) {
            LOGGER.debug("Device {} is closed and ignores version {}", device, update.getVersion());
        }
    }

    /** The mask version in force; 0: the source model. */
    public long version() {
        return slot.version();
    }

    /** Whether the model in force is one from which what the mask removes is gone. */
    public boolean compacted() {
        return compacted;
    }

    /** Whether no swap and no building of a model is under way. */
    public boolean settled() {
        return !meter.underWay();
    }

    /** Inferences missed during all swaps so far. */
    public long missedInferences() {
        return meter.total().missed();
    }

    /** The longest time that an inference waited during any swap so far, microseconds. */
    public long longestGapMicros() {
        return micros(meter.total().longestGapNanos());
    }

    /** Lets the swap under way end, for at most ten seconds, then closes the model. */
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

    private void handle(MaskUpdate update, long receivedNanos) {
        meter.begin();
        long exchange = 0;
        MaskAcknowledgement.Builder answer = MaskAcknowledgement.newBuilder();
        Optional<ModelUpdate> accepted = Optional.empty();
        try {
            Verdict verdict = verifier.verify(update, slot.version());
            if (verdict instanceof Verdict.Accepted whole) {
                DeviceModel masked = models.masked(whole.content());
                long before = System.nanoTime();
                slot.swap(masked, update.getVersion());
                exchange = System.nanoTime() - before;
                compacted = false;
                accepted = Optional.of(whole.content());
            }
            if (verdict instanceof Verdict.Refused refused) {
                refuse(answer, refused.reason());
            } else {
                answer.setStatus(AcknowledgementStatus.ACKNOWLEDGEMENT_STATUS_APPLIED);
            }
        } catch (RuntimeException e) {
            LOGGER.warn("Device {} could not apply version {}", device, update.getVersion(), e);
            refuse(answer, "The model could not be built: " + e.getMessage());
        }
        long swapNanos = System.nanoTime() - receivedNanos;
        if (accepted.isPresent()) {
            meter.begin(); // before the other ends, so that nobody sees a moment between them
        }
        SwapMeter.Reading reading = meter.end(exchange);
        acknowledge(answer.setVersion(update.getVersion())
                .setUserId(user)
                .setDeviceId(device)
                .setModelId(models.architecture().modelId())
                .setAppliedAtMillis(clock.millis())
                .setSwapMicros(micros(swapNanos))
                .setLongestGapMicros(micros(reading.longestGapNanos()))
                .setMissedInferences(reading.missed())
                .build());
        accepted.ifPresent(content -> compact(content, update.getVersion()));
    }

    private void compact(ModelUpdate content, long version) {
        long exchange = 0;
        try {
            Optional<DeviceModel> smaller = models.compacted(content);
            if (smaller.isPresent()) {
                long before = System.nanoTime();
                slot.swap(smaller.get(), version);
                exchange = System.nanoTime() - before;
                compacted = true;
            }
        } catch (RuntimeException e) {
            LOGGER.warn("Device {} goes on with the masked model of version {}", device, version, e);
        } finally {
            meter.end(exchange);
        }
    }

    private void acknowledge(MaskAcknowledgement acknowledgement) {
        try {
            acknowledgements.accept(acknowledgement);
        } catch (RuntimeException e) {
            LOGGER.warn("Device {} could not acknowledge version {}", device, acknowledgement.getVersion(), e);
        }
    }

    private static void refuse(MaskAcknowledgement.Builder answer, String reason) {
        answer.setStatus(AcknowledgementStatus.ACKNOWLEDGEMENT_STATUS_REFUSED)
                .setReason(reason.substring(0, Math.min(reason.length(), MAX_REASON_CHARACTERS)));
    }

    private static long micros(long nanos) {
        return TimeUnit.NANOSECONDS.toMicros(nanos);
    }
}
