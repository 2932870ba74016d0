package io.fineprune.agent.tensorflow.graph;

import com.google.protobuf.ByteString;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.ByteDataBuffer;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.types.TFloat32;

/** Copies between Java arrays and native tensors without a detour over nested arrays. */
public final class Tensors {
    private Tensors() {}

    /** A tensor that holds the numbers of an array; the caller closes it. */
    public static TFloat32 floats(float[] values, long... shape) {
        return TFloat32.tensorOf(Shape.of(shape), DataBuffers.of(values));
    }

    /** Copies the {@code count} numbers of a tensor into an array from an offset on. */
    public static void read(Tensor tensor, float[] target, int offset, int count) {
        tensor.asRawTensor().data().asFloats().read(target, offset, count);
    }

    /** All numbers of a float tensor. */
    public static float[] floats(Tensor tensor) {
        float[] values = new float[Math.toIntExact(tensor.shape().size())];
        read(tensor, values, 0, values.length);
        return values;
    }

    /** A constant that holds a tensor's value. */
    static NodeDef constant(String name, Tensor tensor) {
        if (tensor.dataType() == DataType.DT_STRING) {
            throw new UnsupportedModelException(
                    "Unsupported constant %s of strings; export the model without text".formatted(name));
        }
        int[] shape = new int[tensor.shape().numDimensions()];
        for (int i = 0; i < shape.length; i++) {
            shape[i] = Math.toIntExact(tensor.shape().get(i));
        }
        byte[] content = new byte[Math.toIntExact(tensor.numBytes())];
        ByteDataBuffer data = tensor.asRawTensor().data();
        data.read(content);
        return Constants.constant(name, tensor.dataType(), shape, ByteString.copyFrom(content));
    }
}
