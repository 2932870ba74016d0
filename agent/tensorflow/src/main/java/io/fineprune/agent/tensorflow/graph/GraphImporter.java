package io.fineprune.agent.tensorflow.graph;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.tensorflow.exceptions.TensorFlowException;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NodeDef;

/**
 * Turns a SavedModel or a frozen graph into a {@link FrozenModel}: expands functions, reads variables, folds constants and
 * affine chains. Doing so to a model that came out of here changes nothing, so that its fingerprint stays. Nothing of the model
 * is run but the computation of constants.
 */
public final class GraphImporter {
    static final String INPUT = "input";

    private GraphImporter() {}

    /** Seed of the random input on which an import is compared with its original. */
    private static final long VERIFICATION_SEED = 20240229;

    /**
     * An import and how far it is from its original.
     *
     * @param difference largest difference on random input, see {@link ModelVerifier#verify}; 0 if the graph is the original's
     */
    public record Verified(FrozenModel model, double difference) {}

    /**
     * Imports a model and compares it with its original on random input.
     *
     * @param path folder of a SavedModel, or file of a frozen graph
     * @throws UnsupportedModelException if the model is sound but not taken, or its import differs from it
     * @throws InvalidModelException if it cannot be read
     */
    public static FrozenModel load(Path path, ImportOptions options) {
        return verified(path, options).model();
    }

    /** Like {@link #load(Path, ImportOptions)}, with the difference that was found. */
    public static Verified verified(Path path, ImportOptions options) {
        try {
            ModelGraph original = ModelGraph.read(path, options);
            FrozenModel model = load(original);
            boolean unchanged = model.fingerprint().equals(FrozenModel.fingerprint(original.graph()))
                    && model.posterior().equals(original.output());
            double difference = unchanged ? 0 : ModelVerifier.verify(original, model, VERIFICATION_SEED);
            return new Verified(model, difference);
        } catch (OutOfMemoryError e) {
            throw new InvalidModelException(
                    "Expected a model that fits into Java's memory in %s; start Java with a larger -Xmx"
                            .formatted(path),
                    e);
        } catch (ArithmeticException
                | IllegalArgumentException
                | IllegalStateException
                | IndexOutOfBoundsException
                | NegativeArraySizeException
                | TensorFlowException e) {
            throw new InvalidModelException(
                    "Expected a model in %s that does not contradict itself, but it does (%s); copy or export it again"
                            .formatted(path, e.getMessage()),
                    e);
        }
    }

    /**
     * Imports a graph that is in memory and has no variables.
     *
     * @param input the tensor to feed
     * @param output class probabilities or logits [batch, classes]
     */
    public static FrozenModel load(GraphDef graph, TensorRef input, TensorRef output) {
        return load(new ModelGraph(Path.of("memory"), Optional.empty(), graph, input, output));
    }

    static FrozenModel load(ModelGraph model) {
        try {
            return flatten(model);
        } catch (StackOverflowError e) {
            throw new InvalidModelException("Expected a model nested less deeply in " + model.source(), e);
        }
    }

    private static FrozenModel flatten(ModelGraph model) {
        FunctionExpander.Expanded expanded = FunctionExpander.expand(model.graph());
        FlatGraph graph = expanded.graph();
        SizeLimits.checkConstants(graph);
        TensorRef fed = expanded.resolve(model.input());
        TensorRef input = placeInput(graph, fed);
        TensorRef output = expanded.resolve(model.output());
        FlatGraph whole = FlatGraph.of(graph.toGraphDef());
        graph.prune(List.of(output));
        if (graph.find(input.node()).isEmpty()) {
            throw new InvalidModelException("Expected output %s to depend on input %s, but it does not"
                    .formatted(model.output(), model.input()));
        }
        VariableFreezer variables = new VariableFreezer(whole);
        variables.freeze(graph, model.source());
        graph.prune(List.of(output));
        output = new Simplifier(graph, List.of(output)).dropIdentities().get(0);
        graph.prune(List.of(output));
        checkOperations(graph, input);
        output = fold(graph, output);
        TensorRef posterior = Outputs.posterior(graph, output);
        return describe(graph, input, posterior);
    }

    private static TensorRef fold(FlatGraph graph, TensorRef output) {
        List<TensorRef> outputs = List.of(output);
        Simplifier simplifier = new Simplifier(graph, outputs);
        ConstantFolder.fold(graph, outputs);
        simplifier.fixReshapes();
        simplifier.dropNeutral();
        ConstantFolder.fold(graph, outputs);
        simplifier.dropNeutral();
        AffineFolder.fold(graph, outputs);
        simplifier.rewrite();
        AffineFolder.fold(graph, outputs);
        return output;
    }

    /** Puts our placeholder in the place of the tensor that is fed. */
    private static TensorRef placeInput(FlatGraph graph, TensorRef fed) {
        NodeDef node = graph.node(fed.node());
        DataType type;
        long[] shape;
        if (node.getOp().startsWith("Placeholder")) {
            type = node.getAttrOrThrow("dtype").getType();
            AttrValue attribute = node.getAttrOrDefault("shape", AttrValue.getDefaultInstance());
            if (attribute.getShape().getUnknownRank() || !attribute.hasShape()) {
                throw UnsupportedModelException.operation(
                        node.getOp(), node.getName(), "its shape is open; export with a fixed input shape");
            }
            shape = attribute.getShape().getDimList().stream()
                    .mapToLong(org.tensorflow.proto.TensorShapeProto.Dim::getSize)
                    .toArray();
        } else {
            type = DataType.DT_FLOAT;
            FlatGraph part = FlatGraph.of(graph.toGraphDef());
            part.prune(List.of(fed));
            Shape inferred = Shapes.of(part).of(fed);
            if (inferred.isUnknown()) {
                throw UnsupportedModelException.operation(
                        node.getOp(), node.getName(), "the shape to feed is open; choose the model's placeholder");
            }
            shape = inferred.asArray();
        }
        if (node.getOp().equals("Placeholder") && node.getName().equals(INPUT)) {
            return fed;
        }
        graph.find(INPUT).ifPresent(other -> rename(graph, other));
        graph.add(NodeBuilder.placeholder(INPUT, type, shape));
        graph.redirect(Map.of(fed, TensorRef.of(INPUT)));
        return TensorRef.of(INPUT);
    }

    private static void rename(FlatGraph graph, NodeDef other) {
        String name = graph.freeName(INPUT + "_of_model");
        Map<TensorRef, TensorRef> moved = new HashMap<>();
        for (int i = 0; i < 64; i++) {
            moved.put(new TensorRef(INPUT, i), new TensorRef(name, i));
        }
        graph.remove(INPUT);
        graph.add(other.toBuilder().setName(name).build());
        graph.redirect(moved);
    }

    private static void checkOperations(FlatGraph graph, TensorRef input) {
        // What a loop or file operation reads would otherwise be named in its place.
        graph.nodes().stream()
                .filter(node -> !node.getOp().equals("VarHandleOp") && !Operations.RANDOM.contains(node.getOp()))
                .forEach(Operations::check);
        for (NodeDef node : graph.nodes()) {
            if (!Operations.RANDOM.contains(node.getOp())) {
                Operations.check(node);
            }
            String format = node.getAttrOrDefault("data_format", AttrValue.getDefaultInstance())
                    .getS()
                    .toStringUtf8();
            if (format.startsWith("NC")) {
                throw UnsupportedModelException.operation(
                        node.getOp(), node.getName(), "its data format is " + format + "; export with channels last");
            }
            if (node.getOp().equals("Placeholder") && !node.getName().equals(input.node())) {
                throw UnsupportedModelException.operation(
                        node.getOp(), node.getName(), "it is a second input; export the model with one input");
            }
        }
    }

    private static FrozenModel describe(FlatGraph graph, TensorRef input, TensorRef posterior) {
        Map<String, String> names = NodeNames.shortened(graph.nodes(), List.of(input.node()));
        FlatGraph renamed = NodeNames.rename(graph, names);
        TensorRef output = new TensorRef(names.getOrDefault(posterior.node(), posterior.node()), posterior.index());
        renamed.prune(List.of(output));
        NodeDef placeholder = renamed.node(input.node());
        boolean encoded = placeholder.getAttrOrThrow("dtype").getType() == DataType.DT_STRING;
        if (!encoded && placeholder.getAttrOrThrow("dtype").getType() != DataType.DT_FLOAT) {
            throw UnsupportedModelException.operation(
                    "Placeholder",
                    input.node(),
                    "expected an input of float32 or one encoded recording, found "
                            + placeholder.getAttrOrThrow("dtype").getType() + "; export with float32 inputs");
        }
        Shapes shapes = Shapes.of(renamed);
        SizeLimits.checkTensors(renamed, shapes);
        long[] dims = shapes.of(input).asArray();
        Optional<Integer> fixed = Optional.empty();
        int[] shape = new int[0];
        if (encoded) {
            if (dims.length != 0) {
                throw UnsupportedModelException.operation(
                        "Placeholder", input.node(), "expected one encoded recording; export with a scalar input");
            }
            fixed = Optional.of(1);
        } else {
            if (dims.length < 2 || Arrays.stream(dims).skip(1).anyMatch(d -> d < 1 || d > Constants.MAX_ELEMENTS)) {
                throw UnsupportedModelException.operation(
                        "Placeholder",
                        input.node(),
                        "expected a shape [batch, ...] open in the batch only, found " + Arrays.toString(dims)
                                + "; export with a fixed input shape");
            }
            fixed = dims[0] > 0 ? Optional.of(Math.toIntExact(dims[0])) : Optional.empty();
            shape = Arrays.stream(dims).skip(1).mapToInt(Math::toIntExact).toArray();
        }
        Shape result = shapes.of(output);
        long classes = result.isUnknown() ? -1 : result.get(result.numDimensions() - 1);
        if (classes < 2 || result.numDimensions() != 2) {
            throw new UnsupportedModelException(
                    "Unsupported output %s of shape %s: expected class probabilities or logits [batch, classes]; name another output"
                            .formatted(output, result));
        }
        var definition = renamed.toGraphDef();
        return new FrozenModel(
                definition,
                input,
                output,
                Outputs.logits(renamed, output),
                shape,
                encoded,
                fixed,
                Math.toIntExact(classes),
                FrozenModel.fingerprint(definition));
    }
}
