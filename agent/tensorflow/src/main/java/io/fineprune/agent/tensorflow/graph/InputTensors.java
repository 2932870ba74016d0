package io.fineprune.agent.tensorflow.graph;

import io.fineprune.topology.activation.ModelInput;
import io.fineprune.topology.activation.UnusableEventException;
import io.fineprune.topology.activation.UnusableEventException.Reason;
import java.util.List;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.NdArrays;
import org.tensorflow.types.TString;

/** Makes the tensor that a model is fed with. */
public final class InputTensors {
    private InputTensors() {}

    /** Inputs in the first rows of a batch, zeros in the others; the caller closes it. */
    public static Tensor of(FrozenModel model, List<ModelInput> inputs, int batch) throws UnusableEventException {
        if (model.encoded()) {
            return encoded(inputs.get(0));
        }
        int size = model.inputSize();
        float[] values = new float[Math.multiplyExact(batch, size)];
        for (int i = 0; i < inputs.size(); i++) {
            if (!(inputs.get(i) instanceof ModelInput.Values input) || input.values().length != size) {
                throw new UnusableEventException(
                        Reason.WRONG_SHAPE,
                        "Expected %d numbers as input, found %s".formatted(size, found(inputs.get(i))));
            }
            System.arraycopy(input.values(), 0, values, i * size, size);
        }
        int[] inputShape = model.inputShape();
        long[] shape = new long[inputShape.length + 1];
        shape[0] = batch;
        for (int i = 0; i < inputShape.length; i++) {
            shape[i + 1] = inputShape[i];
        }
        return Tensors.floats(values, shape);
    }

    private static Tensor encoded(ModelInput input) throws UnusableEventException {
        if (!(input instanceof ModelInput.Encoded recording)) {
            throw new UnusableEventException(
                    Reason.WRONG_SHAPE, "Expected an encoded recording as input, found " + found(input));
        }
        return TString.tensorOfBytes(NdArrays.scalarOfObject(recording.bytes()));
    }

    private static String found(ModelInput input) {
        return input instanceof ModelInput.Values values ? values.values().length + " numbers" : "an encoded recording";
    }
}
