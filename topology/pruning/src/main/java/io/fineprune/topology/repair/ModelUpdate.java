package io.fineprune.topology.repair;

import io.fineprune.topology.activation.Architecture;
import io.fineprune.topology.pruning.Mask;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntFunction;

/**
 * The content of an update that a device applies: a mask, and repairs of the nodes or weights that are kept.
 *
 * @param repairs repairs by the layer's index; empty for a plain mask
 * @param input normalisation of the model's input, if any
 */
public record ModelUpdate(Mask mask, Map<Integer, LayerRepair> repairs, Optional<InputScaling> input) {
    public ModelUpdate {
        repairs = Map.copyOf(repairs);
    }

    /** An update that leaves the input as it is. */
    public ModelUpdate(Mask mask, Map<Integer, LayerRepair> repairs) {
        this(mask, repairs, Optional.empty());
    }

    /**
     * The parameters of the repaired layers.
     *
     * @param source the source model's, by the layer's index
     */
    public Map<Integer, LayerParameters> parameters(Architecture architecture, IntFunction<LayerParameters> source) {
        MaskedLayers masked = new MaskedLayers(architecture, mask);
        Map<Integer, LayerParameters> parameters = new HashMap<>();
        repairs.forEach((layer, repair) ->
                parameters.put(layer, LayerRepair.apply(repair, masked.parameters(layer, source.apply(layer)))));
        return parameters;
    }
}
