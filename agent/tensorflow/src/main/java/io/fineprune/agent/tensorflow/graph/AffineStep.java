package io.fineprune.agent.tensorflow.graph;

import java.util.Arrays;
import java.util.Optional;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.NodeDef;

/** What one operation does to each channel of its data input when the rest is constant: y = scale x + shift. */
final class AffineStep {
    private final double[] scale;
    private final double[] shift;
    private final boolean scales;
    private final boolean shifts;
    private final int otherRank;

    private AffineStep(double[] scale, double[] shift, boolean scales, boolean shifts, int otherRank) {
        this.scale = scale;
        this.shift = shift;
        this.scales = scales;
        this.shifts = shifts;
        this.otherRank = otherRank;
    }

    double scale(int channel) {
        return scale[channel];
    }

    double shift(int channel) {
        return shift[channel];
    }

    boolean scales() {
        return scales;
    }

    boolean shifts() {
        return shifts;
    }

    /** Tells whether the constant has more dimensions than the data, so that the result has more too. */
    boolean otherIsWider(Shapes shapes, TensorRef data) {
        Shape shape = shapes.of(data);
        return shape.isUnknown() || otherRank > shape.numDimensions();
    }

    /**
     * Reads an operation.
     *
     * @param input which of its inputs is the data
     * @param channels size of the data's last dimension
     */
    static Optional<AffineStep> of(FlatGraph graph, NodeDef node, int input, int channels) {
        if (Operations.BATCH_NORMS.contains(node.getOp())) {
            return input == 0 ? batchNorm(graph, node, channels) : Optional.empty();
        }
        if (node.getOp().equals("Neg")) {
            return Optional.of(step(constant(channels, -1), new double[channels], true, false, 0));
        }
        if (node.getInputCount() != 2 || !Constants.isFloat(graph.input(node, 1 - input))) {
            return Optional.empty();
        }
        NodeDef other = graph.input(node, 1 - input);
        Optional<double[]> values = perChannel(other, channels);
        if (values.isEmpty()) {
            return Optional.empty();
        }
        double[] c = values.get();
        int rank = Constants.shape(other).length;
        return switch (node.getOp()) {
            case "BiasAdd", "BiasAddV1", "Add", "AddV2" ->
                Optional.of(
                        step(constant(channels, 1), c, false, true, node.getOp().startsWith("Bias") ? 0 : rank));
            case "Sub" ->
                Optional.of(
                        input == 0
                                ? step(constant(channels, 1), negated(c), false, true, rank)
                                : step(constant(channels, -1), c, true, true, rank));
            case "Mul" -> Optional.of(step(c, new double[channels], true, false, rank));
            case "RealDiv", "Div" ->
                input == 0
                        ? Optional.of(step(
                                Arrays.stream(c).map(v -> 1 / v).toArray(), new double[channels], true, false, rank))
                        : Optional.empty();
            default -> Optional.empty();
        };
    }

    private static AffineStep step(double[] scale, double[] shift, boolean scales, boolean shifts, int rank) {
        return new AffineStep(scale, shift, scales, shifts, rank);
    }

    /** Scale and shift of a batch norm for inference. */
    private static Optional<AffineStep> batchNorm(FlatGraph graph, NodeDef node, int channels) {
        if (flag(node, "is_training") || !node.containsAttr("is_training")) {
            throw UnsupportedModelException.operation(
                    node.getOp(),
                    node.getName(),
                    "it takes its statistics from the batch; export the model for inference");
        }
        for (int i = 1; i < 5; i++) {
            if (!Constants.isFloat(graph.input(node, i))
                    || Constants.size(Constants.shape(graph.input(node, i))) != channels) {
                return Optional.empty();
            }
        }
        float[] gamma = Constants.floats(graph.input(node, 1));
        float[] beta = Constants.floats(graph.input(node, 2));
        float[] mean = Constants.floats(graph.input(node, 3));
        float[] variance = Constants.floats(graph.input(node, 4));
        double epsilon =
                node.containsAttr("epsilon") ? node.getAttrOrThrow("epsilon").getF() : 1e-4f;
        double[] scale = new double[channels];
        double[] shift = new double[channels];
        for (int c = 0; c < channels; c++) {
            scale[c] = gamma[c] / Math.sqrt(variance[c] + epsilon);
            shift[c] = beta[c] - mean[c] * scale[c];
        }
        return Optional.of(step(scale, shift, true, true, 0));
    }

    /** A constant that differs at most along the last dimension, as one number per channel. */
    static Optional<double[]> perChannel(NodeDef constant, int channels) {
        int[] shape = Constants.shape(constant);
        int size = Constants.size(shape);
        boolean along = shape.length > 0 && size == channels && shape[shape.length - 1] == channels;
        if (size != 1 && !along) {
            return Optional.empty();
        }
        float[] values = Constants.floats(constant);
        double[] result = new double[channels];
        Arrays.setAll(result, c -> values[size == 1 ? 0 : c]);
        return Optional.of(result);
    }

    static boolean flag(NodeDef node, String key) {
        return node.getAttrOrDefault(key, AttrValue.getDefaultInstance()).getB();
    }

    private static double[] constant(int channels, double value) {
        double[] values = new double[channels];
        Arrays.fill(values, value);
        return values;
    }

    private static double[] negated(double[] values) {
        return Arrays.stream(values).map(v -> -v).toArray();
    }
}
