package io.fineprune.agent.tensorflow.graph;

import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.TensorShapeProto;

/** Writes nodes of float graphs. */
public final class NodeBuilder {
    private final NodeDef.Builder node;

    private NodeBuilder(String op, String name) {
        node = NodeDef.newBuilder().setOp(op).setName(name);
    }

    public static NodeBuilder of(String op, String name) {
        return new NodeBuilder(op, name);
    }

    /** A node with the attribute T = float. */
    public static NodeBuilder ofFloat(String op, String name) {
        return of(op, name).type("T", DataType.DT_FLOAT);
    }

    /** A placeholder; -1 stands for an open dimension. */
    public static NodeDef placeholder(String name, DataType type, long... shape) {
        TensorShapeProto.Builder dims = TensorShapeProto.newBuilder();
        for (long size : shape) {
            dims.addDim(TensorShapeProto.Dim.newBuilder().setSize(size));
        }
        return of("Placeholder", name)
                .type("dtype", type)
                .attribute("shape", AttrValue.newBuilder().setShape(dims).build())
                .build();
    }

    public NodeBuilder input(String tensor) {
        node.addInput(tensor);
        return this;
    }

    public NodeBuilder input(TensorRef tensor) {
        return input(tensor.toString());
    }

    public NodeBuilder type(String key, DataType type) {
        return attribute(key, AttrValue.newBuilder().setType(type).build());
    }

    public NodeBuilder flag(String key, boolean value) {
        return attribute(key, AttrValue.newBuilder().setB(value).build());
    }

    public NodeBuilder number(String key, long value) {
        return attribute(key, AttrValue.newBuilder().setI(value).build());
    }

    public NodeBuilder attribute(String key, AttrValue value) {
        node.putAttr(key, value);
        return this;
    }

    public NodeDef build() {
        return node.build();
    }
}
