package io.fineprune.agent.tensorflow.graph;

import com.google.protobuf.ByteString;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.TensorProto;
import org.tensorflow.proto.TensorShapeProto;

/** Reads and writes constants of frozen graphs. Sizes are checked before memory is allocated. */
public final class Constants {
    /** Most numbers in one constant: 2^28, which take 1 GiB as floats. */
    public static final long MAX_ELEMENTS = 1L << 28;

    private Constants() {}

    public static boolean isConstant(NodeDef node) {
        return node.getOp().equals("Const");
    }

    public static boolean isFloat(NodeDef node) {
        return isConstant(node) && tensor(node).getDtype() == DataType.DT_FLOAT;
    }

    /** The dimensions of a constant; none for a scalar. */
    public static int[] shape(NodeDef node) {
        TensorProto tensor = tensor(node);
        List<TensorShapeProto.Dim> dims = tensor.getTensorShape().getDimList();
        int[] shape = new int[dims.size()];
        long product = 1;
        for (int i = 0; i < shape.length; i++) {
            long size = dims.get(i).getSize();
            if (size < 0 || size > MAX_ELEMENTS || (product *= Math.max(size, 1)) > MAX_ELEMENTS) {
                throw new InvalidModelException("Expected constant %s to hold at most %d numbers, but its shape is %s"
                        .formatted(
                                node.getName(),
                                MAX_ELEMENTS,
                                dims.stream().map(TensorShapeProto.Dim::getSize).toList()));
            }
            shape[i] = (int) size;
        }
        return shape;
    }

    /** Multiplies the dimensions of a shape; 1 for a scalar. */
    public static int size(int[] shape) {
        int size = 1;
        for (int dimension : shape) {
            size = Math.multiplyExact(size, dimension);
        }
        return size;
    }

    /** The numbers of a float constant in row-major order. */
    public static float[] floats(NodeDef node) {
        TensorProto tensor = tensor(node);
        if (tensor.getDtype() != DataType.DT_FLOAT) {
            throw UnsupportedModelException.operation(
                    "Const", node.getName(), "expected DT_FLOAT, found " + tensor.getDtype() + "; export as float32");
        }
        float[] values = new float[size(shape(node))];
        if (!tensor.getTensorContent().isEmpty()) {
            content(node, tensor, values.length, Float.BYTES).asFloatBuffer().get(values);
        } else {
            spread(node, tensor.getFloatValCount(), values.length);
            for (int i = 0; i < values.length && tensor.getFloatValCount() > 0; i++) {
                values[i] = tensor.getFloatVal(Math.min(i, tensor.getFloatValCount() - 1));
            }
        }
        return values;
    }

    /** The numbers of an integer constant (32 or 64 bit) in row-major order. */
    public static int[] integers(NodeDef node) {
        TensorProto tensor = tensor(node);
        long[] values = new long[size(shape(node))];
        switch (tensor.getDtype()) {
            case DT_INT32 -> {
                if (!tensor.getTensorContent().isEmpty()) {
                    ByteBuffer bytes = content(node, tensor, values.length, Integer.BYTES);
                    Arrays.setAll(values, i -> bytes.getInt(i * Integer.BYTES));
                } else if (tensor.getIntValCount() > 0) {
                    spread(node, tensor.getIntValCount(), values.length);
                    Arrays.setAll(values, i -> tensor.getIntVal(Math.min(i, tensor.getIntValCount() - 1)));
                }
            }
            case DT_INT64 -> {
                if (!tensor.getTensorContent().isEmpty()) {
                    content(node, tensor, values.length, Long.BYTES)
                            .asLongBuffer()
                            .get(values);
                } else if (tensor.getInt64ValCount() > 0) {
                    spread(node, tensor.getInt64ValCount(), values.length);
                    Arrays.setAll(values, i -> tensor.getInt64Val(Math.min(i, tensor.getInt64ValCount() - 1)));
                }
            }
            default ->
                throw UnsupportedModelException.operation(
                        "Const",
                        node.getName(),
                        "expected integers, found " + tensor.getDtype() + "; export with DT_INT32 shapes and axes");
        }
        return Arrays.stream(values).mapToInt(Math::toIntExact).toArray();
    }

    /** A float constant. */
    public static NodeDef floats(String name, int[] shape, float[] values) {
        ByteBuffer bytes = ByteBuffer.allocate(Math.multiplyExact(values.length, Float.BYTES))
                .order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        return constant(name, DataType.DT_FLOAT, shape, ByteString.copyFrom(bytes));
    }

    /** A constant of 32 bit integers. */
    public static NodeDef integers(String name, int[] shape, int... values) {
        ByteBuffer bytes = ByteBuffer.allocate(Math.multiplyExact(values.length, Integer.BYTES))
                .order(ByteOrder.LITTLE_ENDIAN);
        bytes.asIntBuffer().put(values);
        return constant(name, DataType.DT_INT32, shape, ByteString.copyFrom(bytes));
    }

    /** A constant from the bytes that TensorFlow keeps for it (little endian). */
    public static NodeDef constant(String name, DataType type, int[] shape, ByteString content) {
        TensorShapeProto.Builder dims = TensorShapeProto.newBuilder();
        for (int size : shape) {
            dims.addDim(TensorShapeProto.Dim.newBuilder().setSize(size));
        }
        TensorProto.Builder tensor =
                TensorProto.newBuilder().setDtype(type).setTensorShape(dims).setTensorContent(content);
        return NodeDef.newBuilder()
                .setName(name)
                .setOp("Const")
                .putAttr("dtype", AttrValue.newBuilder().setType(type).build())
                .putAttr("value", AttrValue.newBuilder().setTensor(tensor).build())
                .build();
    }

    static TensorProto tensor(NodeDef node) {
        Map<String, AttrValue> attributes = node.getAttrMap();
        AttrValue value = attributes.get("value");
        if (value == null || !value.hasTensor()) {
            throw new InvalidModelException("Expected constant " + node.getName() + " to hold a tensor");
        }
        return value.getTensor();
    }

    private static void spread(NodeDef node, int found, int wanted) {
        if (found > wanted) {
            throw new InvalidModelException(
                    "Expected at most %d numbers in constant %s, found %d".formatted(wanted, node.getName(), found));
        }
    }

    private static ByteBuffer content(NodeDef node, TensorProto tensor, int elements, int bytesEach) {
        ByteString content = tensor.getTensorContent();
        if (content.size() != (long) elements * bytesEach) {
            throw new InvalidModelException("Expected %d bytes in constant %s, found %d"
                    .formatted((long) elements * bytesEach, node.getName(), content.size()));
        }
        return content.asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
    }
}
