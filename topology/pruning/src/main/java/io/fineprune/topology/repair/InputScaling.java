package io.fineprune.topology.repair;

import io.fineprune.topology.activation.ModelInput;
import io.fineprune.topology.activation.UnusableEventException;
import io.fineprune.topology.activation.UnusableEventException.Reason;
import java.util.ArrayList;
import java.util.List;

/**
 * Input normalisation: an affine x' = scale x + shift per band of the input (mel bin, colour channel) that gives the band, on
 * this user's data, the mean and the deviation that it had on the source data. Number i of an input in row-major order belongs to
 * band i mod bands.
 *
 * @param bands scale and shift of each band, in the places of the nodes
 */
public record InputScaling(HomeostaticScaling bands) {
    /**
     * The scaling from a user's inputs to the source's moments.
     *
     * @param source moments of the bands on the source data
     * @param inputs at least one of the user
     * @throws UnusableEventException if an input does not consist of so many bands
     */
    public static InputScaling towards(NodeMoments source, List<ModelInput> inputs) throws UnusableEventException {
        return new InputScaling(HomeostaticScaling.towards(source, moments(source.nodes(), inputs), 1));
    }

    /**
     * Moments of bands over inputs and positions.
     *
     * @param bands at least 1
     * @param inputs at least one
     * @throws UnusableEventException if an input does not consist of so many bands
     */
    public static NodeMoments moments(int bands, List<ModelInput> inputs) throws UnusableEventException {
        double[] sum = new double[bands];
        double[] squares = new double[bands];
        long rows = 0;
        for (ModelInput input : inputs) {
            float[] values = values(input, bands);
            for (int i = 0; i < values.length; i++) {
                sum[i % bands] += values[i];
                squares[i % bands] += (double) values[i] * values[i];
            }
            rows += values.length / bands;
        }
        return NodeMoments.ofSums(sum, squares, rows);
    }

    /**
     * The inputs as the repaired model sees them.
     *
     * @throws UnusableEventException if one does not consist of so many bands
     */
    public List<ModelInput> apply(List<ModelInput> inputs) throws UnusableEventException {
        float[] scale = bands.scale();
        float[] shift = bands.shift();
        List<ModelInput> scaled = new ArrayList<>();
        for (ModelInput input : inputs) {
            float[] values = values(input, scale.length).clone();
            for (int i = 0; i < values.length; i++) {
                float product = values[i] * scale[i % scale.length];
                values[i] = product + shift[i % scale.length];
            }
            scaled.add(new ModelInput.Values(values));
        }
        return scaled;
    }

    private static float[] values(ModelInput input, int bands) throws UnusableEventException {
        if (input instanceof ModelInput.Values numbers
                && numbers.values().length > 0
                && numbers.values().length % bands == 0) {
            return numbers.values();
        }
        throw new UnusableEventException(
                Reason.WRONG_SHAPE,
                "Expected an input of %d bands, but was %s"
                        .formatted(
                                bands,
                                input instanceof ModelInput.Values numbers
                                        ? numbers.values().length + " numbers"
                                        : "an encoded recording"));
    }
}
