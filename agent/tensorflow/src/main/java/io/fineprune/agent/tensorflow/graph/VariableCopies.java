package io.fineprune.agent.tensorflow.graph;

import org.tensorflow.Graph;
import org.tensorflow.SavedModelBundle;
import org.tensorflow.Session;
import org.tensorflow.op.Ops;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.types.TFloat32;

/**
 * Gives the variables that a signature reads their values where the model restores only copies of them: Keras 3 writes
 * {@code Variable_k/Assign}, which would set the copy from the original that nobody restores.
 */
final class VariableCopies {
    private VariableCopies() {}

    /** Sets each original from its copy. */
    static void run(SavedModelBundle bundle, GraphDef definition) {
        FlatGraph nodes = FlatGraph.of(definition);
        Graph graph = bundle.graph();
        Ops tf = Ops.create(graph).withSubScope("fineprune");
        Session.Runner runner = bundle.session().runner();
        for (NodeDef assign : nodes.nodes()) {
            if (!assign.getOp().equals("AssignVariableOp")) {
                continue;
            }
            NodeDef value = nodes.input(assign, 1);
            NodeDef copy = nodes.input(assign, 0);
            if (value.getOp().equals("ReadVariableOp")
                    && copy.getOp().equals("VarHandleOp")
                    && copy.getAttrOrThrow("dtype").getType() == DataType.DT_FLOAT) {
                NodeDef original = nodes.input(value, 0);
                runner.addTarget(tf.assignVariableOp(
                        graph.operationOrThrow(original.getName()).output(0),
                        tf.readVariableOp(graph.operationOrThrow(copy.getName()).output(0), TFloat32.class)));
            }
        }
        if (!runner.isEmpty()) {
            runner.run().close();
        }
    }
}
