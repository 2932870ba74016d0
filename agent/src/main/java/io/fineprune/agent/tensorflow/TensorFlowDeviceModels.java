package io.fineprune.agent.tensorflow;

import io.fineprune.agent.device.DeviceModel;
import io.fineprune.agent.device.DeviceModels;
import io.fineprune.agent.tensorflow.compact.Compactor;
import io.fineprune.agent.tensorflow.compact.MaskedGraph;
import io.fineprune.agent.tensorflow.graph.FrozenModel;
import io.fineprune.schemas.v1.SensorEvent;
import io.fineprune.topology.activation.Architecture;
import io.fineprune.topology.activation.ModelInput;
import io.fineprune.topology.activation.UnusableEventException;
import io.fineprune.topology.pruning.Mask;
import java.util.Map;
import java.util.Optional;

/** Makes a device's models from a source model that somebody else closes. Safe for use by several threads. */
public final class TensorFlowDeviceModels implements DeviceModels {
    private final TensorFlowModel source;

    public TensorFlowDeviceModels(TensorFlowModel source) {
        this.source = source;
    }

    @Override
    public Architecture architecture() {
        return source.architecture();
    }

    @Override
    public ModelInput prepare(SensorEvent event) throws UnusableEventException {
        return source.prepare(event);
    }

    @Override
    public DeviceModel source() {
        return new RunnableModel(source.frozen());
    }

    @Override
    public DeviceModel masked(Mask mask) {
        return new RunnableModel(maskedGraph(mask));
    }

    @Override
    public Optional<DeviceModel> compacted(Mask mask) {
        FrozenModel masked = maskedGraph(mask);
        FrozenModel compacted = Compactor.compact(masked);
        return compacted.fingerprint().equals(masked.fingerprint())
                ? Optional.empty()
                : Optional.of(new RunnableModel(compacted));
    }

    private FrozenModel maskedGraph(Mask mask) {
        return MaskedGraph.of(source.frozen(), source.network(), source.architecture(), mask, Map.of());
    }
}
