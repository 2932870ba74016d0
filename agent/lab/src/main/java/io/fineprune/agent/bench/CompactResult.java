package io.fineprune.agent.bench;

import java.util.List;
import java.util.OptionalDouble;

/**
 * What pruning one network by one share saves. Every ratio is that of the dense model to the pruned one: 2 is twice as
 * fast or half as large.
 *
 * @param network its name and input
 * @param share of the nodes of every layer that was removed
 * @param macsRatio of multiply-accumulate operations
 * @param fileRatio of the size of the SavedModel
 * @param denseBytes size of the dense SavedModel
 * @param compactedBytes size of the compacted one
 * @param memoryRatio of peak memory over that of a process without a model, at the largest batch; empty where it cannot be
 *     measured
 * @param denseMemoryBytes that memory of the dense model
 * @param compactedMemoryBytes that memory of the compacted one
 */
public record CompactResult(
        String network,
        double share,
        double macsRatio,
        double fileRatio,
        long denseBytes,
        long compactedBytes,
        OptionalDouble memoryRatio,
        long denseMemoryBytes,
        long compactedMemoryBytes,
        List<Timing> timings) {
    public CompactResult {
        timings = List.copyOf(timings);
    }

    /**
     * Times of one batch size. Variants took turns, so that what else the machine did hit all of them alike.
     *
     * @param rounds that the medians are of
     * @param denseMillis median of a pass
     * @param maskedMillis median of a pass
     * @param compactedMillis median of a pass
     * @param masked ratio of times, dense to masked
     * @param compacted ratio of times, dense to compacted
     * @param compactedCpu ratio of the processor's time over all rounds, dense to compacted; the clock is too coarse for a round
     */
    public record Timing(
            int batch,
            int rounds,
            double denseMillis,
            double maskedMillis,
            double compactedMillis,
            Ratio masked,
            Ratio compacted,
            double compactedCpu) {}

    /** The median of the rounds' ratios, and its quartiles. */
    public record Ratio(double lower, double median, double upper) {}
}
