package io.fineprune.agent.device;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Paces a loop at a given rate. A device that falls behind does not catch up in a burst. For use by one thread. */
public final class Pacer {
    private final long intervalNanos;
    private long nextNanos = System.nanoTime();

    /**
     * Creates a pacer whose first event is due now.
     *
     * @param perSecond events per second, 0 to 1000000; 0: no waiting
     */
    public Pacer(double perSecond) {
        if (!(perSecond >= 0) || perSecond > 1e6) {
            throw new IllegalArgumentException("Expected a rate of 0 to 1000000 per second, but was " + perSecond);
        }
        this.intervalNanos = perSecond == 0 ? 0 : (long) (TimeUnit.SECONDS.toNanos(1) / perSecond);
    }

    /**
     * Waits until the next event is due.
     *
     * @throws InterruptedException if the thread is told to stop
     */
    public void await() throws InterruptedException {
        for (long left = nextNanos - System.nanoTime(); left > 0; left = nextNanos - System.nanoTime()) {
            LockSupport.parkNanos(left);
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
        }
        nextNanos = Math.max(nextNanos, System.nanoTime() - intervalNanos) + intervalNanos;
    }
}
