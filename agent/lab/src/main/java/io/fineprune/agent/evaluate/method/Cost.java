package io.fineprune.agent.evaluate.method;

/**
 * What an adaptation itself takes, by formula from the architecture and the number of events; see {@link CostModel}.
 *
 * @param macs multiply-accumulate operations
 * @param peakBytes largest number of bytes held at once, the model's weights included
 */
public record Cost(long macs, long peakBytes) {
    /** Returns the cost of both, one after the other: operations add up, the peak is the larger one. */
    public Cost then(Cost next) {
        return new Cost(macs + next.macs, Math.max(peakBytes, next.peakBytes));
    }
}
