package io.fineprune.agent.device;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Keeps a rate. A device that falls behind does not catch up in a burst. For use by one thread. */
public final class Pacer {
    private final long intervalNanos;
    private long nextNanos = System.nanoTime();

    /**
     * Starts now.
     *
     * @param perSecond 0: as fast as can be
     */
    public Pacer(double perSecond) {
        if (!(perSecond >= 0) || perSecond > 1e6) {
            throw new IllegalArgumentException("Expected a rate of 0 to 1000000 per second, but was " + perSecond);
        }
        this.intervalNanos = perSecond == 0 ? 0 : (long) (TimeUnit.SECONDS.toNanos(1) / perSecond);
    }

    /**
     * Returns when the next event is due.
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
