package io.fineprune.agent.update;

import io.fineprune.schemas.v1.SensorEvent;
import io.fineprune.topology.activation.Architecture;
import io.fineprune.topology.activation.ModelInput;
import io.fineprune.topology.activation.UnusableEventException;
import io.fineprune.topology.repair.ModelUpdate;
import java.util.List;
import java.util.Optional;

/** Real models, but for what a test overrides. */
public abstract class ForwardingModels implements DeviceModels {
    private final DeviceModels models;

    protected ForwardingModels(DeviceModels models) {
        this.models = models;
    }

    @Override
    public Architecture architecture() {
        return models.architecture();
    }

    @Override
    public ModelInput prepare(SensorEvent event) throws UnusableEventException {
        return models.prepare(event);
    }

    @Override
    public DeviceModel source() {
        return models.source();
    }

    @Override
    public List<ModelInput> probes() {
        return models.probes();
    }

    @Override
    public DeviceModel masked(ModelUpdate update) {
        return models.masked(update);
    }

    @Override
    public Optional<DeviceModel> compacted(ModelUpdate update) {
        return models.compacted(update);
    }
}
