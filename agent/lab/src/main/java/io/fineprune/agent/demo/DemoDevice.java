package io.fineprune.agent.demo;

import io.fineprune.agent.device.Device;
import io.fineprune.agent.device.Pacer;
import io.fineprune.agent.recordings.Recording;
import io.fineprune.agent.source.Payloads;
import io.fineprune.schemas.v1.ImageEncoding;
import io.fineprune.schemas.v1.SensorEvent;
import io.fineprune.topology.activation.UnusableEventException;
import java.io.IOException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * One user's device in a demo, on a thread of its own: streams the user's recordings at a rate, then goes on running inference
 * on them until it is told to stop, so that a swap always meets a device at work.
 */
final class DemoDevice implements AutoCloseable {
    private final Device device;
    private final List<String> labels;
    private final DemoData.UserData data;
    private final int budget;
    private final double eventsPerSecond;
    private final Clock clock;
    private final Thread thread;
    private final AtomicBoolean stopped = new AtomicBoolean();
    private final AtomicInteger published = new AtomicInteger();
    private final AtomicLong inferences = new AtomicLong();
    private final AtomicLong budgetMillis = new AtomicLong();
    private volatile @Nullable Exception failure;

    DemoDevice(
            Device device,
            List<String> labels,
            DemoData.UserData data,
            int budget,
            double eventsPerSecond,
            Clock clock) {
        this.device = device;
        this.labels = labels;
        this.data = data;
        this.budget = budget;
        this.eventsPerSecond = eventsPerSecond;
        this.clock = clock;
        this.thread = new Thread(this::run, "device-" + device.user());
        this.thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    Device device() {
        return device;
    }

    int published() {
        return published.get();
    }

    int toPublish() {
        return data.streamed().size();
    }

    int heldOut() {
        return data.heldOut().size();
    }

    long inferences() {
        return inferences.get();
    }

    /** When the event that fills the budget was captured, milliseconds since 1970-01-01T00:00Z. */
    Optional<Long> budgetReachedMillis() {
        long millis = budgetMillis.get();
        return millis == 0 ? Optional.empty() : Optional.of(millis);
    }

    Optional<Exception> failure() {
        return Optional.ofNullable(failure);
    }

    /** Share of the held-out recordings that the model in force answers rightly. */
    double accuracy() throws IOException, UnusableEventException {
        int right = 0;
        for (Recording recording : data.heldOut()) {
            int predicted = device.infer(Payloads.of(recording)).predictedClass();
            right += labels.get(predicted).equals(recording.label()) ? 1 : 0;
        }
        return (double) right / data.heldOut().size();
    }

    /** Ends the thread. */
    void stop() throws InterruptedException {
        stopped.set(true);
        thread.interrupt();
        thread.join();
    }

    @Override
    public void close() {
        device.close();
    }

    private void run() {
        try {
            Pacer pacer = new Pacer(eventsPerSecond);
            List<SensorEvent> payloads = new ArrayList<>();
            for (Recording recording : data.streamed()) {
                pacer.await();
                payloads.add(Payloads.of(recording, encoding(payloads.size())));
                device.capture(payloads.get(payloads.size() - 1));
                inferences.incrementAndGet();
                if (published.incrementAndGet() == budget) {
                    budgetMillis.set(clock.millis());
                }
            }
            device.flush();
            for (int i = 0; !stopped.get(); i = (i + 1) % payloads.size()) {
                pacer.await();
                device.infer(payloads.get(i));
                inferences.incrementAndGet();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException | UnusableEventException | RuntimeException e) {
            if (!stopped.get()) {
                failure = e;
            }
        }
    }

    /** Images that have no encoding of their own take all encodings in turn; other recordings are sent as they are. */
    private static ImageEncoding encoding(int n) {
        return switch (n % 3) {
            case 0 -> ImageEncoding.IMAGE_ENCODING_RAW_U8;
            case 1 -> ImageEncoding.IMAGE_ENCODING_PNG;
            default -> ImageEncoding.IMAGE_ENCODING_JPEG;
        };
    }
}
