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

    /** Some of the events. */
    public Features rows(int[] chosen) {
        float[] some = new float[chosen.length * dimensions];
        for (int i = 0; i < chosen.length; i++) {
            System.arraycopy(values, chosen[i] * dimensions, some, i * dimensions, dimensions);
        }
        return new Features(chosen.length, dimensions, some);
    }

    /** The same directions at length one; a zero row stays zero. */
    Features normalized() {
        float[] unit = values.clone();
        for (int e = 0; e < events; e++) {
            double squares = 0;
            for (int d = 0; d < dimensions; d++) {
                squares += (double) unit[e * dimensions + d] * unit[e * dimensions + d];
            }
            float factor = squares > 0 ? (float) (1 / Math.sqrt(squares)) : 0;
            for (int d = 0; d < dimensions; d++) {
                unit[e * dimensions + d] *= factor;
            }
        }
        return new Features(events, dimensions, unit);
    }

    /** The features less their mean over the events. */
    Features centered() {
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

    /** Inner product of a row with a vector that begins at an offset. */
    double dot(int event, double[] vectors, int offset) {
        double sum = 0;
        for (int d = 0; d < dimensions; d++) {
            sum += values[event * dimensions + d] * vectors[offset + d];
        }
        return sum;
    }
}
