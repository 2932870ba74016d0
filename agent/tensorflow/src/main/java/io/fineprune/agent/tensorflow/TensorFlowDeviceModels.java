package io.fineprune.agent.tensorflow;

import io.fineprune.agent.tensorflow.compact.Compactor;
import io.fineprune.agent.tensorflow.compact.MaskedGraph;
import io.fineprune.agent.tensorflow.graph.FrozenModel;
import io.fineprune.agent.tensorflow.graph.RandomRecording;
import io.fineprune.agent.update.DeviceModel;
import io.fineprune.agent.update.DeviceModels;
import io.fineprune.schemas.v1.SensorEvent;
import io.fineprune.topology.activation.Architecture;
import io.fineprune.topology.activation.ModelInput;
import io.fineprune.topology.activation.UnusableEventException;
import io.fineprune.topology.repair.ModelUpdate;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/** Makes a device's models from a source model, which the caller closes. Safe for use by several threads. */
public final class TensorFlowDeviceModels implements DeviceModels {
    private static final int PROBES = 4;

    private final TensorFlowModel source;
    private final List<ModelInput> probes;

    public TensorFlowDeviceModels(TensorFlowModel source) {
        this.source = source;
        SplittableRandom random = new SplittableRandom(0);
        this.probes = Stream.generate(() -> probe(source.frozen(), random))
                .limit(PROBES)
                .toList();
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
    public List<ModelInput> probes() {
        return probes;
    }

    @Override
    public DeviceModel masked(ModelUpdate update) {
        return new RunnableModel(maskedGraph(update));
    }

    @Override
    public Optional<DeviceModel> compacted(ModelUpdate update) {
        FrozenModel masked = maskedGraph(update);
        FrozenModel compacted = Compactor.compact(masked);
        return compacted.fingerprint().equals(masked.fingerprint())
                ? Optional.empty()
                : Optional.of(new RunnableModel(compacted));
    }

    private static ModelInput probe(FrozenModel model, SplittableRandom random) {
        if (model.encoded()) {
            return new ModelInput.Encoded(RandomRecording.wav(random));
        }
        float[] values = new float[model.inputSize()];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (2 * random.nextDouble() - 1);
        }
        return new ModelInput.Values(values);
    }

    private FrozenModel maskedGraph(ModelUpdate update) {
        return MaskedGraph.of(
                source.frozen(),
                source.network(),
                source.architecture(),
                update.mask(),
                update.parameters(source.architecture(), source::parameters),
                update.input());
    }
}
