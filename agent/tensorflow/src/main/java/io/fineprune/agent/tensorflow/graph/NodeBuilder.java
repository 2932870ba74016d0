package io.fineprune.agent.tensorflow.graph;

import com.google.protobuf.ByteString;
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

    /** A shape; -1 stands for an open dimension. */
    public static AttrValue shape(long... sizes) {
        TensorShapeProto.Builder dims = TensorShapeProto.newBuilder();
        for (long size : sizes) {
            dims.addDim(TensorShapeProto.Dim.newBuilder().setSize(size));
        }
        return AttrValue.newBuilder().setShape(dims).build();
    }

    /** A placeholder; -1 stands for an open dimension. */
    public static NodeDef placeholder(String name, DataType type, long... shape) {
        return of("Placeholder", name)
                .type("dtype", type)
                .attribute("shape", shape(shape))
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

    public NodeBuilder real(String key, float value) {
        return attribute(key, AttrValue.newBuilder().setF(value).build());
    }

    public NodeBuilder text(String key, String value) {
        return attribute(
                key, AttrValue.newBuilder().setS(ByteString.copyFromUtf8(value)).build());
    }

    public NodeBuilder numbers(String key, long... values) {
        AttrValue.ListValue.Builder list = AttrValue.ListValue.newBuilder();
        for (long value : values) {
            list.addI(value);
        }
        return attribute(key, AttrValue.newBuilder().setList(list).build());
    }

    public NodeBuilder attribute(String key, AttrValue value) {
        node.putAttr(key, value);
        return this;
    }

    public NodeDef build() {
        return node.build();
    }
}
