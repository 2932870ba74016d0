package io.fineprune.agent.tensorflow.layerwise;

import io.fineprune.agent.tensorflow.graph.TensorRef;
import java.util.List;

/**
 * The tensors and layers that are needed to run one layer by itself.
 *
 * @param output its pre-activation: behind the bias, where there is one
 * @param feeds layers whose pre-activations its input depends on directly, rising
 * @param readsInput whether its input also depends on the model's input by a way around all layers
 * @param lastUse the last layer that depends directly on this one's pre-activation; its own index if none does
 * @param refittable whether its input unfolds into patches
 */
record LayerPlan(TensorRef output, List<Integer> feeds, boolean readsInput, int lastUse, boolean refittable) {
    LayerPlan {
        feeds = List.copyOf(feeds);
    }

    LayerPlan withLastUse(int last) {
        return new LayerPlan(output, feeds, readsInput, last, refittable);
    }
}
