package io.fineprune.agent.tensorflow.graph;

import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.SignatureDef;
import org.tensorflow.proto.TensorInfo;

/**
 * A model file as it was read, and which of its tensors are input and output.
 *
 * @param source where it was read
 * @param metaGraph the SavedModel's graph with its signatures; absent for a frozen graph
 */
record ModelGraph(Path source, Optional<MetaGraphDef> metaGraph, GraphDef graph, TensorRef input, TensorRef output) {
    private static final String DEFAULT_SIGNATURE = "serving_default";

    static ModelGraph read(Path path, ImportOptions options) {
        return ModelFiles.isSavedModel(path) ? savedModel(path, options) : frozen(path, options);
    }

    private static ModelGraph savedModel(Path path, ImportOptions options) {
        MetaGraphDef graph = ModelFiles.savedModel(path);
        String name = options.signature().orElse(DEFAULT_SIGNATURE);
        SignatureDef signature = graph.getSignatureDefMap().get(name);
        if (signature == null) {
            throw new InvalidModelException("Expected signature %s in %s, found %s; name one of them"
                    .formatted(
                            name, path, new TreeSet<>(graph.getSignatureDefMap().keySet())));
        }
        TensorRef input = choose(signature.getInputsMap(), options.input(), "input", path);
        TensorRef output = choose(signature.getOutputsMap(), options.output(), "output", path);
        return new ModelGraph(path, Optional.of(graph), graph.getGraphDef(), input, output);
    }

    private static TensorRef choose(
            Map<String, TensorInfo> candidates, Optional<String> wanted, String what, Path path) {
        Set<String> names = new TreeSet<>(candidates.keySet());
        if (wanted.isEmpty() && names.size() != 1) {
            throw new UnsupportedModelException(
                    "Unsupported: %s has %d %ss %s in its signature, expected one; name the one to use as %s"
                            .formatted(path, names.size(), what, names, what));
        }
        String name = wanted.orElseGet(() -> names.iterator().next());
        TensorInfo info = candidates.get(name);
        if (info == null) {
            throw new InvalidModelException("Expected %s %s in the signature of %s, found %s; name one of them"
                    .formatted(what, name, path, names));
        }
        return TensorRef.parse(info.getName());
    }

    private static ModelGraph frozen(Path path, ImportOptions options) {
        GraphDef graph = ModelFiles.frozenGraph(path);
        TensorRef input = options.input()
                .map(TensorRef::parse)
                .orElseGet(() -> only(
                        graph.getNodeList().stream()
                                .filter(node -> node.getOp().equals("Placeholder"))
                                .map(NodeDef::getName)
                                .toList(),
                        "input",
                        path,
                        graph));
        TensorRef output =
                options.output().map(TensorRef::parse).orElseGet(() -> only(ends(graph), "output", path, graph));
        return new ModelGraph(path, Optional.empty(), graph, input, output);
    }

    /** Nodes that no other reads. */
    private static List<String> ends(GraphDef graph) {
        Set<String> read = new HashSet<>();
        graph.getNodeList()
                .forEach(node -> node.getInputList()
                        .forEach(input -> read.add(
                                input.startsWith("^")
                                        ? input.substring(1)
                                        : TensorRef.parse(input).node())));
        return graph.getNodeList().stream()
                .filter(node -> !read.contains(node.getName())
                        && !node.getOp().equals("Const")
                        && !node.getOp().equals("NoOp"))
                .map(NodeDef::getName)
                .toList();
    }

    private static TensorRef only(List<String> names, String what, Path path, GraphDef graph) {
        if (names.size() != 1) {
            // A loop has placeholders and unread nodes of its own, so it is reported first: naming one of them would
            // not help.
            graph.getNodeList().stream()
                    .filter(node -> Operations.isControlFlow(node.getOp()))
                    .findFirst()
                    .ifPresent(Operations::check);
            throw new UnsupportedModelException(
                    "Unsupported: %s has %d possible %ss %s, expected one; name the one to use"
                            .formatted(
                                    path,
                                    names.size(),
                                    what,
                                    names.stream().limit(20).toList()));
        }
        return TensorRef.of(names.get(0));
    }
}
