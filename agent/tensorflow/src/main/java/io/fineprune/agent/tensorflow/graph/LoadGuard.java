package io.fineprune.agent.tensorflow.graph;

import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.FunctionDef;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.NodeDef;

/**
 * Checks which operations TensorFlow runs when it loads a SavedModel and calls its signature: beside arithmetic only
 * the reading of the model's own variables is allowed.
 */
final class LoadGuard {
    private static final Set<String> RESTORE = Set.of(
            "RestoreV2",
            "Assign",
            "AssignVariableOp",
            "VarHandleOp",
            "VariableV2",
            "Variable",
            "ReadVariableOp",
            "NoOp",
            "DisableCopyOnRead",
            "VarIsInitializedOp",
            "TruncatedNormal",
            "RandomStandardNormal",
            "RandomUniform",
            "StatelessRandomUniform",
            "StatelessRandomUniformV2",
            "StatelessRandomGetKeyCounter",
            "_Arg",
            "_Retval");

    private final Map<String, NodeDef> nodes = new HashMap<>();
    private final Map<String, FunctionDef> functions = new HashMap<>();
    private final Set<String> checkedFunctions = new HashSet<>();

    private LoadGuard(GraphDef graph) {
        graph.getNodeList().forEach(node -> nodes.put(node.getName(), node));
        graph.getLibrary()
                .getFunctionList()
                .forEach(function -> functions.put(function.getSignature().getName(), function));
    }

    /** Throws {@link UnsupportedModelException} if loading or calling would do more than arithmetic. */
    static void check(Path directory, MetaGraphDef model, TensorRef output) {
        long bytes = ModelFiles.variableBytes(directory);
        if (bytes > 0) {
            new Checkpoint(directory).checkBounds(bytes);
        }
        LoadGuard guard = new LoadGuard(model.getGraphDef());
        List<String> roots = new ArrayList<>();
        roots.add(output.node());
        roots.add(TensorRef.parse(model.getSaverDef().getRestoreOpName()).node());
        model.getSignatureDefMap().forEach((name, signature) -> {
            if (name.startsWith("__saved_model")) {
                signature
                        .getOutputsMap()
                        .values()
                        .forEach(info ->
                                roots.add(TensorRef.parse(info.getName()).node()));
            }
        });
        for (String key : List.of("saved_model_main_op", "legacy_init_op", "saved_model_train_op")) {
            if (model.getCollectionDefMap().containsKey(key)) {
                roots.addAll(model.getCollectionDefOrThrow(key).getNodeList().getValueList());
            }
        }
        guard.reach(roots);
    }

    private void reach(List<String> roots) {
        Deque<String> open = new ArrayDeque<>(roots);
        Set<String> seen = new HashSet<>();
        while (!open.isEmpty()) {
            String name = open.pop();
            NodeDef node = nodes.get(name);
            if (node != null && seen.add(name)) {
                look(node);
                node.getInputList()
                        .forEach(input -> open.push(
                                input.startsWith("^")
                                        ? input.substring(1)
                                        : TensorRef.parse(input).node()));
            }
        }
    }

    private void look(NodeDef node) {
        Deque<NodeDef> open = new ArrayDeque<>(List.of(node));
        while (!open.isEmpty()) {
            NodeDef at = open.pop();
            String called = Operations.CALLS.contains(at.getOp())
                    ? at.getAttrOrDefault("f", AttrValue.getDefaultInstance())
                            .getFunc()
                            .getName()
                    : at.getOp();
            FunctionDef function = functions.get(called);
            if (function != null) {
                if (checkedFunctions.add(called)) {
                    function.getNodeDefList().forEach(open::push);
                }
            } else if (!RESTORE.contains(at.getOp())) {
                Operations.check(at);
            }
        }
    }
}
