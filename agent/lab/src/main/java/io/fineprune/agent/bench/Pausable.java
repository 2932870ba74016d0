package io.fineprune.agent.bench;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.apache.kafka.streams.KafkaStreams;

/** A Streams application that works on demand, so that several can take turns in one process. */
record Pausable(KafkaStreams streams, String topic, LongSupplier counted) {
    private static final long POLL_NANOS = Duration.ofMillis(5).toNanos();
    private static final long SETTLE_NANOS = Duration.ofMillis(250).toNanos();
    private static final double TIMEOUT_SECONDS = 600;

    /** Time of the processor and of the clock, in seconds, for a number of events. */
    record Cost(double cpuSeconds, double seconds) {
        ThroughputResult.PerEvent per(int events) {
            return new ThroughputResult.PerEvent(cpuSeconds / events, events / seconds);
        }
    }

    /**
     * Sends events while the application is paused and has it work them off. The processor's time counts from before the
     * sending until after the last commit, the clock from the moment at which all events are in the broker until the last is
     * folded.
     */
    Cost work(LoadProcess load, long firstUser, int users, int events) throws java.io.IOException {
        long before = counted.getAsLong();
        Window window = new Window();
        load.send(topic, firstUser, users, events);
        window.restartClock();
        streams.resume();
        while (counted.getAsLong() < before + events) {
            if (window.seconds() > TIMEOUT_SECONDS) {
                throw new java.io.IOException("Expected %d events within %.0f s, but was %d"
                        .formatted(events, TIMEOUT_SECONDS, counted.getAsLong() - before));
            }
            LockSupport.parkNanos(POLL_NANOS);
        }
        double seconds = window.seconds();
        LockSupport.parkNanos(SETTLE_NANOS);
        streams.pause();
        return new Cost(window.cpuSeconds(), seconds);
    }
}
