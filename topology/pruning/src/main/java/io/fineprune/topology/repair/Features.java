package io.fineprune.topology.repair;

/**
 * The penultimate activations of a user's events. A hot path: the array is shared and never written to after construction.
 *
 * @param events rows
 * @param dimensions columns
 * @param values [events, dimensions]
 */
public record Features(int events, int dimensions, float[] values) {
    public Features {
        if (values.length != events * dimensions) {
            throw new IllegalArgumentException(
                    "Expected %d x %d features, but was %d numbers".formatted(events, dimensions, values.length));
        }
    }

    /** Copies the rows of some events. */
    public Features rows(int[] chosen) {
        float[] some = new float[chosen.length * dimensions];
        for (int i = 0; i < chosen.length; i++) {
            System.arraycopy(values, chosen[i] * dimensions, some, i * dimensions, dimensions);
        }
        return new Features(chosen.length, dimensions, some);
    }

    /** Copies some of the dimensions of every event. */
    public Features columns(int[] chosen) {
        if (chosen.length == dimensions) {
            return this;
        }
        float[] some = new float[events * chosen.length];
        for (int e = 0; e < events; e++) {
            for (int i = 0; i < chosen.length; i++) {
                some[e * chosen.length + i] = values[e * dimensions + chosen[i]];
            }
        }
        return new Features(events, chosen.length, some);
    }

    /** Returns the features minus their mean over the events. */
    public Features centered() {
        float[] centered = values.clone();
        for (int d = 0; d < dimensions; d++) {
            double mean = 0;
            for (int e = 0; e < events; e++) {
                mean += centered[e * dimensions + d];
            }
            mean /= Math.max(1, events);
            for (int e = 0; e < events; e++) {
                centered[e * dimensions + d] -= (float) mean;
            }
        }
        return new Features(events, dimensions, centered);
    }
}
