package io.fineprune.agent.device;

import java.time.Duration;

/**
 * Watches inferences while a swap is under way, from the receipt of an update until it is in force. Thread-safe. An
 * inference that overlaps a swap in part counts as well, in the totals even if it ends after the swap.
 */
final class SwapMeter {
    private final long deadlineNanos;
    private int swapsUnderWay;
    private long longestGapNanos;
    private long missed;
    private long totalLongestGapNanos;
    private long totalMissed;

    /**
     * Measurements of one swap.
     *
     * @param longestGapNanos longest time that an inference waited for a model
     * @param missed inferences that failed for want of a model or took longer than the deadline
     */
    record Reading(long longestGapNanos, long missed) {}

    SwapMeter(Duration deadline) {
        this.deadlineNanos = deadline.toNanos();
    }

    synchronized void begin() {
        if (swapsUnderWay++ == 0) {
            longestGapNanos = 0;
            missed = 0;
        }
    }

    /** Ends the measurement of a swap; the time of the exchange itself counts as a gap too. */
    synchronized Reading end(long exchangeNanos) {
        swapsUnderWay--;
        gap(exchangeNanos);
        return new Reading(longestGapNanos, missed);
    }

    /** Whether a swap is under way; asked when an inference begins, and passed to {@link #answered} with its answer. */
    synchronized boolean underWay() {
        return swapsUnderWay > 0;
    }

    synchronized void answered(Inference inference, boolean begunDuringSwap) {
        if (begunDuringSwap || swapsUnderWay > 0) {
            gap(inference.waitNanos());
            if (inference.waitNanos() + inference.runNanos() > deadlineNanos) {
                missed++;
                totalMissed++;
            }
        }
    }

    synchronized void failed() {
        missed++;
        totalMissed++;
    }

    synchronized Reading total() {
        return new Reading(totalLongestGapNanos, totalMissed);
    }

    private void gap(long nanos) {
        longestGapNanos = Math.max(longestGapNanos, nanos);
        totalLongestGapNanos = Math.max(totalLongestGapNanos, nanos);
    }
}
