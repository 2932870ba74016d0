package io.fineprune.agent.tensorflow.train;

import io.fineprune.agent.tensorflow.graph.Constants;
import io.fineprune.agent.tensorflow.graph.NodeBuilder;
import io.fineprune.agent.tensorflow.graph.Sessions;
import io.fineprune.agent.tensorflow.graph.Tensors;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.tensorflow.Graph;
import org.tensorflow.GraphOperation;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.op.core.Variable;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.types.TFloat32;

/** The network with loss, gradients and Adam in a session. Close it after use; for one thread. */
final class AdamGraph implements AutoCloseable {
    static final float BETA1 = 0.9f;
    static final float BETA2 = 0.999f;
    private static final float EPSILON = 1e-7f;

    private final VggGraph.Built network;
    private final String input;
    private final String logits;
    private final Graph graph = new Graph();
    private final Session session;
    private final Placeholder<TFloat32> labels;
    private final Placeholder<TFloat32> learningRate;
    private final Placeholder<TFloat32> power1;
    private final Placeholder<TFloat32> power2;
    private final Operand<TFloat32> loss;
    private final List<Op> steps = new ArrayList<>();
    private final Map<String, Op> assigns = new LinkedHashMap<>();
    private final Map<String, Placeholder<TFloat32>> values = new LinkedHashMap<>();
    private final List<Op> zeros = new ArrayList<>();

    AdamGraph(TrainingSpec spec) {
        this(
                VggGraph.build(spec, spec.batchNorm(), AdamGraph::variable),
                VggGraph.INPUT,
                VggGraph.LOGITS,
                spec.classes(),
                Loss.CROSS_ENTROPY);
    }

    /**
     * Adds loss, gradients and Adam to a network.
     *
     * @param network its parameters are nodes made by {@link #variable}
     * @param input name of its placeholder
     * @param logits name of its output before the softmax; [batch, classes] but for dimensions of 1
     * @param minimised the loss that is minimised
     */
    AdamGraph(VggGraph.Built network, String input, String logits, int classes, Loss minimised) {
        this.network = network;
        this.input = input;
        this.logits = logits;
        Sessions.load(graph, network.graph().toGraphDef());
        Ops tf = Ops.create(graph);
        labels = tf.placeholder(TFloat32.class, Placeholder.shape(Shape.of(-1, classes)));
        learningRate = tf.placeholder(TFloat32.class, Placeholder.shape(Shape.scalar()));
        power1 = tf.placeholder(TFloat32.class, Placeholder.shape(Shape.scalar()));
        power2 = tf.placeholder(TFloat32.class, Placeholder.shape(Shape.scalar()));
        loss = loss(tf, tf.reshape(output(logits), tf.constant(new int[] {-1, classes})), minimised);
        optimise(tf);
        session = new Session(graph, Sessions.config());
    }

    static NodeDef variable(String name, int[] shape) {
        long[] sizes = new long[shape.length];
        for (int i = 0; i < shape.length; i++) {
            sizes[i] = shape[i];
        }
        return NodeBuilder.of("VariableV2", name)
                .type("dtype", DataType.DT_FLOAT)
                .attribute("shape", NodeBuilder.shape(sizes))
                .build();
    }

    private Operand<TFloat32> loss(Ops tf, Operand<TFloat32> answers, Loss minimised) {
        Operand<TFloat32> each = switch (minimised) {
            case CROSS_ENTROPY ->
                tf.nn.softmaxCrossEntropyWithLogits(answers, labels).loss();
            case ENTROPY ->
                tf.math.neg(tf.sum(tf.math.mul(tf.nn.softmax(answers), tf.nn.logSoftmax(answers)), tf.constant(1)));
        };
        return tf.math.mean(each, tf.constant(0));
    }

    private void optimise(Ops tf) {
        List<String> names = new ArrayList<>(network.parameters().keySet());
        Output<?>[] variables = names.stream().map(this::output).toArray(Output<?>[]::new);
        Output<?>[] gradients = graph.addGradients(loss.asOutput(), variables);
        // No parameter may change while the gradient of another still reads it.
        Ops afterwards = tf.withControlDependencies(new ArrayList<Op>(List.of(gradients)));
        for (int i = 0; i < names.size(); i++) {
            Output<TFloat32> variable = output(names.get(i));
            Shape shape = variable.shape();
            Placeholder<TFloat32> value = tf.placeholder(TFloat32.class, Placeholder.shape(shape));
            values.put(names.get(i), value);
            assigns.put(names.get(i), tf.assign(variable, value));
            Variable<TFloat32> first = tf.variable(shape, TFloat32.class);
            Variable<TFloat32> second = tf.variable(shape, TFloat32.class);
            Operand<TFloat32> zero = tf.zeros(tf.constant(shape), TFloat32.class);
            zeros.add(tf.assign(first, zero));
            zeros.add(tf.assign(second, zero));
            @SuppressWarnings("unchecked")
            Operand<TFloat32> gradient = (Operand<TFloat32>) gradients[i];
            steps.add(afterwards.train.applyAdam(
                    variable,
                    first,
                    second,
                    power1,
                    power2,
                    learningRate,
                    tf.constant(BETA1),
                    tf.constant(BETA2),
                    tf.constant(EPSILON),
                    gradient));
        }
    }

    private Output<TFloat32> output(String name) {
        GraphOperation operation = graph.operationOrThrow(name);
        return operation.output(0);
    }

    /** Returns the shapes of the trained parameters by name. */
    Map<String, int[]> parameters() {
        return network.parameters();
    }

    /** Sets all parameters and resets Adam's moments to zero. */
    void initialise(Map<String, float[]> initial) {
        initial.forEach((name, numbers) -> {
            try (TFloat32 value = Tensors.floats(numbers, shape(name))) {
                Placeholder<TFloat32> place = values.get(name);
                Op assign = assigns.get(name);
                if (place != null && assign != null) {
                    session.runner().feed(place, value).addTarget(assign).run().close();
                }
            }
        });
        Session.Runner runner = session.runner();
        zeros.forEach(runner::addTarget);
        runner.run().close();
    }

    private long[] shape(String name) {
        int[] shape = network.parameters().getOrDefault(name, new int[0]);
        long[] sizes = new long[shape.length];
        for (int i = 0; i < shape.length; i++) {
            sizes[i] = shape[i];
        }
        return sizes;
    }

    /**
     * One step of Adam.
     *
     * @param oneHot [batch, classes]; null where the loss needs no labels
     * @param step from 1
     * @param logits target [batch, classes], computed before the step
     * @return the loss before the step
     */
    double step(TFloat32 inputs, @Nullable TFloat32 oneHot, int step, double rate, BatchNorms norms, float[] logits) {
        try (TFloat32 first = TFloat32.scalarOf((float) Math.pow(BETA1, step));
                TFloat32 second = TFloat32.scalarOf((float) Math.pow(BETA2, step));
                TFloat32 lr = TFloat32.scalarOf((float) rate)) {
            Session.Runner runner = session.runner()
                    .feed(input, inputs)
                    .feed(learningRate, lr)
                    .feed(power1, first)
                    .feed(power2, second)
                    .fetch(loss)
                    .fetch(this.logits);
            if (oneHot != null) {
                runner.feed(labels, oneHot);
            }
            norms.fetch(runner);
            steps.forEach(runner::addTarget);
            try (Result result = runner.run()) {
                norms.update(result, 2);
                Tensors.read(result.get(1), logits, 0, logits.length);
                return Tensors.floats(result.get(0))[0];
            }
        }
    }

    /** Copies of all parameters. */
    Map<String, float[]> read() {
        List<String> names = new ArrayList<>(network.parameters().keySet());
        Session.Runner runner = session.runner();
        names.forEach(runner::fetch);
        Map<String, float[]> read = new LinkedHashMap<>();
        try (Result result = runner.run()) {
            for (int i = 0; i < names.size(); i++) {
                read.put(names.get(i), Tensors.floats(result.get(i)));
            }
        }
        return read;
    }

    /** The network for inference with given parameters. */
    static VggGraph.Built frozen(TrainingSpec spec, Map<String, float[]> parameters) {
        return VggGraph.build(
                spec,
                false,
                (name, shape) -> Constants.floats(name, shape, parameters.getOrDefault(name, new float[0])));
    }

    @Override
    public void close() {
        session.close();
        graph.close();
    }
}
