package io.fineprune.agent.device;

import io.fineprune.agent.update.DeviceModels;
import io.fineprune.schemas.serde.UserModelKey;
import io.fineprune.schemas.signature.TrustedKeys;
import io.fineprune.schemas.v1.FeedbackLabel;
import io.fineprune.schemas.v1.MaskChunk;
import io.fineprune.schemas.v1.MaskUpdate;
import io.fineprune.schemas.v1.SensorEvent;
import io.fineprune.topology.activation.UnusableEventException;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The reference device of one user. Every event that it captures runs through the model in force and is published as
 * an unlabeled event. Capturing may be done by several threads.
 */
public final class Device implements AutoCloseable {
    private static final Logger LOGGER = LoggerFactory.getLogger(Device.class);
    private static final Duration CHUNK_PATIENCE = Duration.ofSeconds(30);

    private final String user;
    private final String device;
    private final DeviceModels models;
    private final DeviceTransport transport;
    private final Clock clock;
    private final ModelSwapper swapper;
    private final MaskIntake intake;
    private final ChunkShelf shelf;
    private final String run;
    private final AtomicLong events = new AtomicLong();

    /**
     * One captured event.
     *
     * @param eventId unique on this device
     * @param inference result of the model in force
     */
    public record Capture(String eventId, Inference inference) {}

    /**
     * Starts the device with the source model and applies the user's latest mask, if there is one, before it returns.
     *
     * @param transport closed with the device
     * @param deadline longest time that an inference may take during a swap before it counts as missed
     */
    public Device(
            String user,
            String device,
            DeviceModels models,
            DeviceTransport transport,
            Clock clock,
            Duration deadline) {
        this(user, device, models, transport, Optional.empty(), DeviceMemory.none(), clock, deadline);
    }

    /**
     * Starts the device with the mask that it ran before, if its signature is still trusted, and applies the user's
     * latest mask, if there is one, before it returns.
     *
     * @param trusted supplies the trusted keys anew for each mask; empty: masks need no signature
     * @param memory keeps the version in force and the highest version across restarts
     */
    public Device(
            String user,
            String device,
            DeviceModels models,
            DeviceTransport transport,
            Optional<Supplier<TrustedKeys>> trusted,
            DeviceMemory memory,
            Clock clock,
            Duration deadline) {
        this(user, device, models, transport, trusted, memory, clock, deadline, CHUNK_PATIENCE);
    }

    /**
     * Starts the device with a given patience for chunks.
     *
     * @param chunkPatience how long a mask that is larger than a message waits for its chunks before it is refused
     */
    Device(
            String user,
            String device,
            DeviceModels models,
            DeviceTransport transport,
            Optional<Supplier<TrustedKeys>> trusted,
            DeviceMemory memory,
            Clock clock,
            Duration deadline,
            Duration chunkPatience) {
        this.user = user;
        this.device = device;
        this.models = models;
        this.transport = transport;
        this.clock = clock;
        this.run = Long.toString(clock.millis(), Character.MAX_RADIX);
        String model = models.architecture().modelId();
        this.shelf = new ChunkShelf(chunkPatience);
        this.swapper = new ModelSwapper(user, device, models, transport::acknowledge, memory, clock, deadline);
        this.intake = new MaskIntake(new UserModelKey(user, model), trusted, memory, clock);
        memory.restored().ifPresent(this::restore);
        transport.follow(user, model, new MaskListener() {
            @Override
            public void mask(MaskRecord mask) {
                receive(mask);
            }

            @Override
            public void chunk(int index, MaskChunk chunk) {
                shelf.take(index, chunk).ifPresent(Device.this::receive);
            }
        });
    }

    /**
     * Runs inference on a captured event and publishes it.
     *
     * @param payload an event with nothing but an audio clip, an image frame or a feature tensor
     * @throws UnusableEventException if the model does not take it; it is not published then
     */
    public Capture capture(SensorEvent payload) throws UnusableEventException {
        SensorEvent event = event(payload);
        Inference inference = swapper.infer(models.prepare(event));
        transport.publish(event);
        return new Capture(event.getEventId(), inference);
    }

    /**
     * Runs inference on a captured event without publishing it.
     *
     * @param payload an event with nothing but an audio clip, an image frame or a feature tensor
     * @throws UnusableEventException if the model does not take it
     */
    public Inference infer(SensorEvent payload) throws UnusableEventException {
        return swapper.infer(models.prepare(event(payload)));
    }

    /** Tells the fleet the true class of an event, for measuring only. */
    public void label(Capture capture, String label) {
        transport.label(FeedbackLabel.newBuilder()
                .setUserId(user)
                .setModelId(models.architecture().modelId())
                .setEventId(capture.eventId())
                .setLabel(label)
                .setPredicted(
                        models.architecture().labels().get(capture.inference().predictedClass()))
                .setMaskVersion(capture.inference().version())
                .setLabeledAtMillis(clock.millis())
                .build());
    }

    public String user() {
        return user;
    }

    public ModelSwapper swapper() {
        return swapper;
    }

    /** Waits until the broker has acknowledged every event. */
    public void flush() {
        transport.flush();
    }

    @Override
    public void close() {
        swapper.close();
        transport.close();
    }

    private void receive(MaskRecord mask) {
        MaskIntake.Outcome outcome = intake.take(mask);
        if (outcome instanceof MaskIntake.Outcome.Sound sound) {
            shelf.drop(sound.update().getVersion());
            swapper.receive(sound.update(), Optional.of(mask));
        } else if (outcome instanceof MaskIntake.Outcome.Listed listed) {
            gather(mask, listed.update());
        } else if (outcome instanceof MaskIntake.Outcome.Refused refused) {
            refuse(refused.version(), refused.reason());
        }
    }

    /** Looks for a mask's chunks, unless its version already runs; then it is only acknowledged. */
    private void gather(MaskRecord mask, MaskUpdate listed) {
        long version = listed.getVersion();
        if (version == swapper.version()) {
            shelf.drop(version);
            swapper.receive(listed);
            return;
        }
        shelf.take(mask, listed)
                .ifPresentOrElse(
                        this::receive,
                        () -> CompletableFuture.delayedExecutor(
                                        shelf.patience().toMillis(), TimeUnit.MILLISECONDS, Runnable::run)
                                .execute(() -> shelf.overdue(mask).ifPresent(reason -> refuse(version, reason))));
    }

    private void refuse(long version, String reason) {
        LOGGER.warn("Device {} refuses version {}: {}", device, version, reason);
        swapper.refuse(version, reason);
    }

    private void restore(MaskRecord mask) {
        MaskIntake.Outcome outcome = intake.verify(mask);
        if (outcome instanceof MaskIntake.Outcome.Sound sound) {
            try {
                swapper.restore(sound.update(), mask);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        } else if (outcome instanceof MaskIntake.Outcome.Refused refused) {
            LOGGER.warn("Device {} begins with the source model: {}", device, refused.reason());
        }
    }

    private SensorEvent event(SensorEvent payload) {
        return payload.toBuilder()
                .setEventId(run + "-" + events.incrementAndGet())
                .setDeviceId(device)
                .setUserId(user)
                .setModelId(models.architecture().modelId())
                .setCapturedAtMillis(clock.millis())
                .build();
    }
}
