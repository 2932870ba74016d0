package io.fineprune.agent.device;

import io.fineprune.schemas.v1.FeedbackLabel;
import io.fineprune.schemas.v1.SensorEvent;
import io.fineprune.topology.activation.UnusableEventException;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The reference device of one user. Whatever it captures runs through the model in force and is published as an unlabeled
 * event. Capturing may be done by several threads.
 */
public final class Device implements AutoCloseable {
    private final String user;
    private final String device;
    private final DeviceModels models;
    private final DeviceTransport transport;
    private final Clock clock;
    private final ModelSwapper swapper;
    private final String run;
    private final AtomicLong events = new AtomicLong();

    /**
     * One captured event.
     *
     * @param eventId unique on this device
     * @param inference what the model in force answered
     */
    public record Capture(String eventId, Inference inference) {}

    /**
     * Begins with the source model and takes the user's latest mask, if there is one, before it returns.
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
        this.user = user;
        this.device = device;
        this.models = models;
        this.transport = transport;
        this.clock = clock;
        this.run = Long.toString(clock.millis(), Character.MAX_RADIX);
        this.swapper = new ModelSwapper(user, device, models, transport::acknowledge, clock, deadline);
        transport.follow(user, models.architecture().modelId(), swapper::receive);
    }

    /**
     * Runs inference on what was captured and publishes it.
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
     * Runs inference on what was captured and keeps it to itself.
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

    /** Returns when every event has arrived. */
    public void flush() {
        transport.flush();
    }

    @Override
    public void close() {
        swapper.close();
        transport.close();
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
