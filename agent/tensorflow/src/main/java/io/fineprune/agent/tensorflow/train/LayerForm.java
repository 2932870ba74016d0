package io.fineprune.agent.tensorflow.train;

import io.fineprune.agent.tensorflow.graph.Constants;
import io.fineprune.agent.tensorflow.graph.FlatGraph;
import io.fineprune.agent.tensorflow.graph.NodeBuilder;
import io.fineprune.agent.tensorflow.units.LayerNode;
import io.fineprune.topology.activation.LayerKind;
import io.fineprune.topology.repair.LayerParameters;
import io.fineprune.topology.repair.NodeMoments;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.NodeDef;

/**
 * Parametrisation of a layer's kernel and biases for training: the variables that are trained, and the layer made from
 * them.
 */
public sealed interface LayerForm {
    /**
     * Writes the layer into a graph in the place of its constants.
     *
     * @return shapes of what is trained, by the variable's name
     */
    Map<String, int[]> put(FlatGraph graph, LayerNode layer);

    /** Returns the initial values of the variables by name. */
    Map<String, float[]> start(LayerNode layer);

    /** Computes the layer's parameters from the variables' values. */
    LayerParameters read(LayerNode layer, Map<String, float[]> variables);

    /** Returns the form {@link Whole} for every layer. */
    static Map<Integer, LayerForm> whole(Map<Integer, LayerParameters> start) {
        Map<Integer, LayerForm> forms = new HashMap<>();
        start.forEach((index, parameters) -> forms.put(index, new Whole(parameters)));
        return forms;
    }

    /**
     * All weights and biases are trained.
     *
     * @param from what they begin with; the biases of a layer without any are not used
     */
    record Whole(LayerParameters from) implements LayerForm {
        @Override
        public Map<String, int[]> put(FlatGraph graph, LayerNode layer) {
            Map<String, int[]> trained = new LinkedHashMap<>();
            trained.put(layer.kernel(), layer.kernelShape());
            layer.bias().ifPresent(bias -> trained.put(bias, Constants.shape(graph.node(bias))));
            trained.forEach((name, shape) -> graph.put(AdamGraph.variable(name, shape)));
            return trained;
        }

        @Override
        public Map<String, float[]> start(LayerNode layer) {
            Map<String, float[]> start = new HashMap<>();
            start.put(layer.kernel(), from.weights());
            layer.bias().ifPresent(bias -> start.put(bias, from.biases()));
            return start;
        }

        @Override
        public LayerParameters read(LayerNode layer, Map<String, float[]> variables) {
            return new LayerParameters(
                    found(variables, layer.kernel()),
                    layer.bias().map(bias -> found(variables, bias)).orElse(from.biases()));
        }
    }

    /**
     * A layer that is not trained.
     *
     * @param parameters that stay
     */
    record Fixed(LayerParameters parameters) implements LayerForm {
        @Override
        public Map<String, int[]> put(FlatGraph graph, LayerNode layer) {
            graph.put(Constants.floats(layer.kernel(), layer.kernelShape(), parameters.weights()));
            layer.bias()
                    .ifPresent(bias ->
                            graph.put(Constants.floats(bias, Constants.shape(graph.node(bias)), parameters.biases())));
            return Map.of();
        }

        @Override
        public Map<String, float[]> start(LayerNode layer) {
            return Map.of();
        }

        @Override
        public LayerParameters read(LayerNode layer, Map<String, float[]> variables) {
            return parameters;
        }
    }

    /**
     * The kernel, as a matrix [kernelSize x inputs, nodes], is a product of two factors, which are trained with the biases.
     *
     * @param left [kernelSize x inputs, rank]
     * @param right [rank, nodes]
     * @param biases [nodes]
     */
    record LowRank(float[] left, float[] right, int rank, float[] biases) implements LayerForm {
        @Override
        public Map<String, int[]> put(FlatGraph graph, LayerNode layer) {
            Map<String, int[]> trained = new LinkedHashMap<>();
            trained.put(left(layer), new int[] {left.length / rank, rank});
            trained.put(right(layer), new int[] {rank, right.length / rank});
            layer.bias().ifPresent(bias -> trained.put(bias, Constants.shape(graph.node(bias))));
            trained.forEach((name, shape) -> graph.put(AdamGraph.variable(name, shape)));
            String product = layer.kernel() + "/product";
            graph.put(NodeBuilder.ofFloat("MatMul", product)
                    .input(left(layer))
                    .input(right(layer))
                    .build());
            reshape(graph, layer.kernel(), product, layer.kernelShape());
            return trained;
        }

        @Override
        public Map<String, float[]> start(LayerNode layer) {
            Map<String, float[]> start = new HashMap<>();
            start.put(left(layer), left);
            start.put(right(layer), right);
            layer.bias().ifPresent(bias -> start.put(bias, biases));
            return start;
        }

        @Override
        public LayerParameters read(LayerNode layer, Map<String, float[]> variables) {
            return new LowRank(
                            found(variables, left(layer)),
                            found(variables, right(layer)),
                            rank,
                            layer.bias().map(bias -> found(variables, bias)).orElse(biases))
                    .parameters();
        }

        /** The product with the biases. */
        public LayerParameters parameters() {
            int nodes = right.length / rank;
            float[] weights = new float[left.length / rank * nodes];
            for (int w = 0; w < weights.length; w++) {
                double sum = 0;
                for (int r = 0; r < rank; r++) {
                    sum += (double) left[w / nodes * rank + r] * right[r * nodes + w % nodes];
                }
                weights[w] = (float) sum;
            }
            return new LayerParameters(weights, biases);
        }

        private static String left(LayerNode layer) {
            return layer.kernel() + "/left";
        }

        private static String right(LayerNode layer) {
            return layer.kernel() + "/right";
        }
    }

    /**
     * A layer behind a batch norm whose statistics stay: z = scale x n + shift, where n = kernel x input + offset is normalised.
     * Only scale and shift are trained. For a layer with biases.
     *
     * @param kernel of n, in the layer's shape
     * @param offset [nodes] of n
     * @param scale [nodes] what the scale begins with
     * @param shift [nodes] what the shift begins with
     */
    record Normalised(float[] kernel, float[] offset, float[] scale, float[] shift) implements LayerForm {
        /** A layer as it is, given the mean and the deviation of its pre-activations; a node that never varies keeps its scale. */
        public static Normalised of(LayerParameters layer, NodeMoments moments) {
            int nodes = moments.nodes();
            float[] kernel = layer.weights().clone();
            float[] offset = new float[nodes];
            float[] scale = new float[nodes];
            float[] shift = new float[nodes];
            for (int n = 0; n < nodes; n++) {
                scale[n] = moments.deviation()[n] > 0 ? (float) moments.deviation()[n] : 1;
                shift[n] = (float) moments.mean()[n];
                offset[n] = (layer.biases()[n] - shift[n]) / scale[n];
            }
            for (int w = 0; w < kernel.length; w++) {
                kernel[w] /= scale[w % nodes];
            }
            return new Normalised(kernel, offset, scale, shift);
        }

        @Override
        public Map<String, int[]> put(FlatGraph graph, LayerNode layer) {
            String bias = layer.bias()
                    .orElseThrow(() -> new IllegalArgumentException(
                            "Expected a layer with biases, but %s has none".formatted(layer.name())));
            int[] nodes = {scale.length};
            Map<String, int[]> trained = new LinkedHashMap<>();
            trained.put(scale(layer), nodes);
            trained.put(shift(layer), nodes);
            trained.forEach((name, shape) -> graph.put(AdamGraph.variable(name, shape)));
            int[] biasShape = Constants.shape(graph.node(bias));
            int[] whole = layer.kernelShape();
            int[] broadcast =
                    layer.kind() == LayerKind.DEPTHWISE ? new int[] {whole[2], whole[3]} : new int[] {scale.length};
            graph.put(Constants.floats(layer.kernel() + "/normalised", whole, kernel));
            reshape(graph, layer.kernel() + "/scales", scale(layer), broadcast);
            graph.put(binary("Mul", layer.kernel(), layer.kernel() + "/normalised", layer.kernel() + "/scales"));
            graph.put(Constants.floats(bias + "/offset", nodes, offset));
            graph.put(binary("Mul", bias + "/scaled", bias + "/offset", scale(layer)));
            graph.put(binary("AddV2", bias + "/shifted", bias + "/scaled", shift(layer)));
            reshape(graph, bias, bias + "/shifted", biasShape);
            return trained;
        }

        @Override
        public Map<String, float[]> start(LayerNode layer) {
            return Map.of(scale(layer), scale, shift(layer), shift);
        }

        @Override
        public LayerParameters read(LayerNode layer, Map<String, float[]> variables) {
            float[] scales = found(variables, scale(layer));
            float[] shifts = found(variables, shift(layer));
            float[] weights = kernel.clone();
            float[] biases = new float[scales.length];
            for (int w = 0; w < weights.length; w++) {
                weights[w] *= scales[w % scales.length];
            }
            for (int n = 0; n < biases.length; n++) {
                biases[n] = offset[n] * scales[n] + shifts[n];
            }
            return new LayerParameters(weights, biases);
        }

        private static String scale(LayerNode layer) {
            return layer.kernel() + "/scale";
        }

        private static String shift(LayerNode layer) {
            return layer.kernel() + "/shift";
        }
    }

    private static float[] found(Map<String, float[]> variables, String name) {
        float[] values = variables.get(name);
        if (values == null) {
            throw new IllegalArgumentException("Expected variable %s among %s".formatted(name, variables.keySet()));
        }
        return values;
    }

    private static void reshape(FlatGraph graph, String name, String from, int[] shape) {
        graph.put(Constants.integers(name + "/shape", new int[] {shape.length}, shape));
        graph.put(NodeBuilder.ofFloat("Reshape", name)
                .type("Tshape", DataType.DT_INT32)
                .input(from)
                .input(name + "/shape")
                .build());
    }

    private static NodeDef binary(String operation, String name, String left, String right) {
        return NodeBuilder.ofFloat(operation, name).input(left).input(right).build();
    }
}
