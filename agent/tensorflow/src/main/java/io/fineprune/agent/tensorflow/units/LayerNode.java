package io.fineprune.agent.tensorflow.units;

import io.fineprune.agent.tensorflow.graph.TensorRef;
import io.fineprune.topology.activation.LayerKind;
import java.util.Optional;

/**
 * The nodes of the frozen graph that make up a layer.
 *
 * @param name of the operation
 * @param kernelShape [height, width, inputs, nodes]; depthwise [height, width, inputs, multiplier]; dense [inputs, nodes]
 * @param kernel name of the constant
 * @param input the tensor that the layer reads
 * @param bias name of the constant, if there is one
 * @param biased name of the operation that adds the bias
 * @param activation the measured tensor, after bias and activation function
 * @param positions output positions per event
 */
public record LayerNode(
        String name,
        LayerKind kind,
        int[] kernelShape,
        String kernel,
        TensorRef input,
        Optional<String> bias,
        Optional<String> biased,
        TensorRef activation,
        long positions) {
    public LayerNode {
        kernelShape = kernelShape.clone();
    }

    @Override
    public int[] kernelShape() {
        return kernelShape.clone();
    }

    public int nodes() {
        int last = kernelShape[kernelShape.length - 1];
        return kind == LayerKind.DEPTHWISE ? last * kernelShape[2] : last;
    }

    public int inputs() {
        return kernelShape[kernelShape.length - 2];
    }

    public int kernelSize() {
        return kind == LayerKind.DENSE ? 1 : kernelShape[0] * kernelShape[1];
    }
}
