package io.fineprune.agent.tensorflow.train;

import io.fineprune.agent.tensorflow.graph.Constants;
import io.fineprune.agent.tensorflow.graph.FlatGraph;
import io.fineprune.agent.tensorflow.graph.NodeBuilder;
import java.util.LinkedHashMap;
import java.util.Map;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.NodeDef;

/** Writes the network's forward pass, with variables for training or constants for export. */
final class VggGraph {
    static final String INPUT = "input";
    static final String LOGITS = "logits";
    static final String POSTERIOR = "posterior";

    private final TrainingSpec spec;
    private final FlatGraph graph = new FlatGraph();
    private final Map<String, int[]> parameters = new LinkedHashMap<>();
    private final Parameters source;

    /** Makes the node that holds a parameter. */
    interface Parameters {
        NodeDef node(String name, int[] shape);
    }

    private VggGraph(TrainingSpec spec, Parameters source) {
        this.spec = spec;
        this.source = source;
    }

    /**
     * The network.
     *
     * @param graph from {@value #INPUT} to {@value #LOGITS} and {@value #POSTERIOR}
     * @param parameters their names and shapes in order
     */
    record Built(FlatGraph graph, Map<String, int[]> parameters) {}

    static Built build(TrainingSpec spec, boolean batchNorm, Parameters source) {
        VggGraph vgg = new VggGraph(spec, source);
        vgg.layers(batchNorm);
        return new Built(vgg.graph, vgg.parameters);
    }

    static String convolution(int index) {
        return "conv" + (index + 1);
    }

    private void layers(boolean batchNorm) {
        graph.add(NodeBuilder.placeholder(INPUT, DataType.DT_FLOAT, -1, spec.height(), spec.width(), spec.channels()));
        String at = INPUT;
        int inputs = spec.channels();
        int height = spec.height();
        int width = spec.width();
        for (int i = 0; i < spec.convolutions().size(); i++) {
            String name = convolution(i);
            int nodes = spec.convolutions().get(i);
            parameter(name + "/kernel", 3, 3, inputs, nodes);
            graph.add(NodeBuilder.ofFloat("Conv2D", name)
                    .input(at)
                    .input(name + "/kernel")
                    .numbers("strides", 1, 1, 1, 1)
                    .text("padding", "SAME")
                    .build());
            at = batchNorm ? normalised(name, nodes) : biased(name, name, nodes);
            at = relu(name, at);
            inputs = nodes;
            if (i % 2 == 1) {
                at = pooled("pool" + (i / 2 + 1), at);
                height /= 2;
                width /= 2;
            }
        }
        int flat = height * width * inputs;
        graph.add(Constants.integers("flatten/shape", new int[] {2}, -1, flat));
        graph.add(NodeBuilder.ofFloat("Reshape", "flatten")
                .input(at)
                .input("flatten/shape")
                .type("Tshape", DataType.DT_INT32)
                .build());
        at = relu("dense", biased("dense", multiplied("dense", "flatten", flat, spec.dense()), spec.dense()));
        at = multiplied("classes", at, spec.dense(), spec.classes());
        parameter("classes/bias", spec.classes());
        graph.add(NodeBuilder.ofFloat("BiasAdd", LOGITS)
                .input(at)
                .input("classes/bias")
                .build());
        graph.add(NodeBuilder.ofFloat("Softmax", POSTERIOR).input(LOGITS).build());
    }

    private void parameter(String name, int... shape) {
        parameters.put(name, shape);
        graph.add(source.node(name, shape));
    }

    private String multiplied(String name, String input, int inputs, int nodes) {
        parameter(name + "/kernel", inputs, nodes);
        graph.add(NodeBuilder.ofFloat("MatMul", name)
                .input(input)
                .input(name + "/kernel")
                .build());
        return name;
    }

    private String biased(String name, String input, int nodes) {
        parameter(name + "/bias", nodes);
        graph.add(NodeBuilder.ofFloat("BiasAdd", name + "/BiasAdd")
                .input(input)
                .input(name + "/bias")
                .build());
        return name + "/BiasAdd";
    }

    /** With the statistics of the batch: outputs 1 and 2 are its mean and variance. */
    private String normalised(String name, int nodes) {
        parameter(name + "/gamma", nodes);
        parameter(name + "/beta", nodes);
        graph.add(Constants.floats(name + "/none", new int[] {0}, new float[0]));
        graph.add(NodeBuilder.ofFloat("FusedBatchNormV3", name + "/norm")
                .input(name)
                .input(name + "/gamma")
                .input(name + "/beta")
                .input(name + "/none")
                .input(name + "/none")
                .type("U", DataType.DT_FLOAT)
                .real("epsilon", (float) BatchNorms.EPSILON)
                .flag("is_training", true)
                .build());
        return name + "/norm";
    }

    private String relu(String name, String input) {
        graph.add(NodeBuilder.ofFloat("Relu", name + "/Relu").input(input).build());
        return name + "/Relu";
    }

    private String pooled(String name, String input) {
        graph.add(NodeBuilder.ofFloat("MaxPool", name)
                .input(input)
                .numbers("ksize", 1, 2, 2, 1)
                .numbers("strides", 1, 2, 2, 1)
                .text("padding", "VALID")
                .build());
        return name;
    }
}
