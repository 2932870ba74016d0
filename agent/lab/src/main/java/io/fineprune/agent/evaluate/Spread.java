package io.fineprune.agent.evaluate;

/** Mean, smallest and largest of a number that each user has. */
public record Spread(double mean, double min, double max) {
    static Spread of(double[] values) {
        double sum = 0;
        double min = Double.POSITIVE_INFINITY;
        double max = Double.NEGATIVE_INFINITY;
        for (double value : values) {
            sum += value;
            min = Math.min(min, value);
            max = Math.max(max, value);
        }
        return new Spread(sum / values.length, min, max);
    }
}
