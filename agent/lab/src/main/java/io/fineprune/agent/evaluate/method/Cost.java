package io.fineprune.agent.evaluate.method;

/**
 * What an adaptation itself takes, by formula from the architecture and the number of events; see {@link CostModel}.
 *
 * @param macs multiply-accumulate operations
 * @param peakBytes largest number of bytes held at once, the model's weights included
 */
public record Cost(long macs, long peakBytes) {
    /** First one, then the other. */
    public Cost then(Cost next) {
        return new Cost(macs + next.macs, Math.max(peakBytes, next.peakBytes));
    }
}
