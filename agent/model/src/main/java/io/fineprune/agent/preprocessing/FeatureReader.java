package io.fineprune.agent.preprocessing;

import io.fineprune.schemas.v1.FeatureTensor;
import io.fineprune.topology.activation.UnusableEventException;
import io.fineprune.topology.activation.UnusableEventException.Reason;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.stream.Collectors;

/** Reads a model's input that the device computed itself. */
final class FeatureReader {
    private final int[] shape;
    private final int size;

    FeatureReader(int[] shape) {
        this.shape = shape.clone();
        long product = 1;
        for (int dimension : shape) {
            if (dimension < 1 || (product *= dimension) > Limits.MAX_MODEL_VALUES) {
                throw new IllegalArgumentException("Expected an input shape of 1 to " + Limits.MAX_MODEL_VALUES
                        + " numbers, found " + Arrays.toString(shape));
            }
        }
        this.size = (int) product;
    }

    int size() {
        return size;
    }

    /** Reads row-major numbers, which must be finite and of exactly the model's shape. */
    float[] read(FeatureTensor tensor) throws UnusableEventException {
        boolean same = tensor.getShapeCount() == shape.length;
        for (int i = 0; same && i < shape.length; i++) {
            same = tensor.getShape(i) == shape[i];
        }
        if (!same) {
            throw new UnusableEventException(
                    Reason.WRONG_SHAPE,
                    "Expected a feature tensor of shape " + Arrays.toString(shape) + ", found "
                            + tensor.getShapeList().stream()
                                    .limit(8)
                                    .map(String::valueOf)
                                    .collect(Collectors.joining(
                                            ", ", "[", tensor.getShapeCount() > 8 ? ", ...]" : "]")));
        }
        if (tensor.getValues().size() != 4L * size) {
            throw new UnusableEventException(
                    Reason.WRONG_SHAPE,
                    "Expected " + 4L * size + " bytes of feature values, found "
                            + tensor.getValues().size());
        }
        float[] values = new float[size];
        FloatBuffer bytes = tensor.getValues()
                .asReadOnlyByteBuffer()
                .order(ByteOrder.LITTLE_ENDIAN)
                .asFloatBuffer();
        bytes.get(values);
        for (int i = 0; i < size; i++) {
            if (!Float.isFinite(values[i])) {
                throw new UnusableEventException(
                        Reason.UNDECODABLE, "Expected finite feature values, found " + values[i] + " at " + i);
            }
        }
        return values;
    }
}
