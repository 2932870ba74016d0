package io.fineprune.agent.tensorflow.graph;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.FunctionDef;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.OpDef;

/**
 * Writes the bodies of called functions in the place of the calls, however deeply they are nested. Nodes of a body are named
 * {@code call/node}; inside a body inputs read {@code node:output-argument:k}, which becomes a flat index.
 */
final class FunctionExpander {
    private static final int MAX_DEPTH = 64;
    private static final int MAX_NODES = 200_000;

    private final Map<String, FunctionDef> functions;
    private final FlatGraph flat = new FlatGraph();
    private int placed;
    private final Map<TensorRef, TensorRef> aliases = new HashMap<>();

    private FunctionExpander(GraphDef graph) {
        functions = graph.getLibrary().getFunctionList().stream()
                .collect(Collectors.toMap(
                        function -> function.getSignature().getName(), Function.identity(), (first, again) -> first));
    }

    /**
     * A graph without calls.
     *
     * @param graph nodes; control edges to a call read {@code ^call} still
     * @param aliases what stands for the outputs of each call
     */
    record Expanded(FlatGraph graph, Map<TensorRef, TensorRef> aliases) {
        TensorRef resolve(TensorRef tensor) {
            return FlatGraph.follow(tensor, aliases);
        }
    }

    static Expanded expand(GraphDef graph) {
        FunctionExpander expander = new FunctionExpander(graph);
        for (NodeDef node : graph.getNodeList()) {
            expander.place(node, node.getName(), 0);
        }
        expander.flat.redirect(expander.aliases);
        return new Expanded(expander.flat, expander.aliases);
    }

    private void place(NodeDef node, String name, int depth) {
        if (++placed > MAX_NODES) {
            throw new InvalidModelException(
                    "Expected at most %d nodes after expanding functions, found more at node %s; export a smaller model"
                            .formatted(MAX_NODES, name));
        }
        Optional<FunctionDef> function = called(node);
        if (function.isEmpty()) {
            flat.add(
                    name.equals(node.getName())
                            ? node
                            : node.toBuilder().setName(name).build());
            return;
        }
        if (depth >= MAX_DEPTH) {
            throw new InvalidModelException(
                    "Expected functions nested at most %d deep, found more at node %s; export without recursion"
                            .formatted(MAX_DEPTH, name));
        }
        body(function.get(), node, name, depth + 1);
    }

    private Optional<FunctionDef> called(NodeDef node) {
        if (Operations.CALLS.contains(node.getOp())) {
            String name = node.getAttrOrDefault("f", AttrValue.getDefaultInstance())
                    .getFunc()
                    .getName();
            FunctionDef function = functions.get(name);
            if (function == null) {
                throw new InvalidModelException(
                        "Expected function %s, which node %s calls, in the library".formatted(name, node.getName()));
            }
            return Optional.of(function);
        }
        return Operations.isKnown(node.getOp()) ? Optional.empty() : Optional.ofNullable(functions.get(node.getOp()));
    }

    private void body(FunctionDef function, NodeDef call, String scope, int depth) {
        OpDef signature = function.getSignature();
        List<String> data = call.getInputList().stream()
                .filter(input -> !input.startsWith("^"))
                .toList();
        if (data.size() != signature.getInputArgCount()) {
            throw new InvalidModelException("Expected %d inputs in the call %s of function %s, found %d"
                    .formatted(signature.getInputArgCount(), scope, signature.getName(), data.size()));
        }
        Map<String, TensorRef> arguments = new HashMap<>();
        for (int i = 0; i < data.size(); i++) {
            arguments.put(signature.getInputArg(i).getName(), TensorRef.parse(data.get(i)));
        }
        Map<String, NodeDef> nodes = function.getNodeDefList().stream()
                .collect(Collectors.toMap(NodeDef::getName, Function.identity(), (first, again) -> first));
        for (NodeDef node : function.getNodeDefList()) {
            NodeDef.Builder renamed = node.toBuilder().clearInput();
            for (String input : node.getInputList()) {
                renamed.addInput(
                        input.startsWith("^")
                                ? "^" + scope + "/" + input.substring(1)
                                : resolve(input, scope, arguments, nodes).toString());
            }
            node.getAttrMap().forEach((key, value) -> {
                if (!value.getPlaceholder().isEmpty()) {
                    renamed.putAttr(key, call.getAttrOrThrow(value.getPlaceholder()));
                }
            });
            place(renamed.build(), scope + "/" + node.getName(), depth);
        }
        for (int k = 0; k < signature.getOutputArgCount(); k++) {
            String name = signature.getOutputArg(k).getName();
            String result = function.getRetMap().get(name);
            if (result == null) {
                throw new InvalidModelException(
                        "Expected function %s to return %s".formatted(signature.getName(), name));
            }
            aliases.put(new TensorRef(scope, k), resolve(result, scope, arguments, nodes));
        }
    }

    /** What {@code parameter}, {@code node:output} or {@code node:output:k} of a body is called outside. */
    private TensorRef resolve(
            String input, String scope, Map<String, TensorRef> arguments, Map<String, NodeDef> nodes) {
        String[] parts = input.split(":", -1);
        NodeDef node = nodes.get(parts[0]);
        if (node == null) {
            TensorRef argument = arguments.get(parts[0]);
            if (argument == null) {
                throw new InvalidModelException("Expected %s to be a node or an argument of the function called by %s"
                        .formatted(parts[0], scope));
            }
            return argument;
        }
        int within = parts.length > 2 ? Integer.parseInt(parts[2]) : 0;
        String outside = scope + "/" + parts[0];
        return parts.length == 1 ? TensorRef.of(outside) : new TensorRef(outside, firstOutput(node, parts[1]) + within);
    }

    /** The flat index of an output argument's first tensor. */
    private int firstOutput(NodeDef node, String argument) {
        Optional<FunctionDef> function = Operations.CALLS.contains(node.getOp()) ? Optional.empty() : called(node);
        OpDef definition = function.isPresent() ? function.get().getSignature() : Operations.definition(node);
        int index = 0;
        for (OpDef.ArgDef output : definition.getOutputArgList()) {
            if (output.getName().equals(argument)) {
                return index;
            }
            if (!output.getNumberAttr().isEmpty()) {
                index += Math.toIntExact(
                        node.getAttrOrThrow(output.getNumberAttr()).getI());
            } else if (!output.getTypeListAttr().isEmpty()) {
                index += node.getAttrOrThrow(output.getTypeListAttr()).getList().getTypeCount();
            } else {
                index++;
            }
        }
        throw new InvalidModelException(
                "Expected node %s (%s) to have an output %s".formatted(node.getName(), node.getOp(), argument));
    }
}
