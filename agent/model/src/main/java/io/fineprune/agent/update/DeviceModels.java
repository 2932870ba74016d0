package io.fineprune.agent.update;

import io.fineprune.schemas.v1.SensorEvent;
import io.fineprune.topology.activation.Architecture;
import io.fineprune.topology.activation.ModelInput;
import io.fineprune.topology.activation.UnusableEventException;
import io.fineprune.topology.repair.ModelUpdate;
import java.util.List;
import java.util.Optional;

/** What a device makes its models from: the source model and masks. Safe for use by several threads. */
public interface DeviceModels {
    Architecture architecture();

    /**
     * Decodes and preprocesses an event as the agent does.
     *
     * @throws UnusableEventException if the model does not take it
     */
    ModelInput prepare(SensorEvent event) throws UnusableEventException;

    /** Builds the source model, without any mask. The caller closes it. */
    DeviceModel source();

    /** A few inputs drawn from a fixed seed, to check models on before there are any of the user. */
    List<ModelInput> probes();

    /** The model under a mask, available at once and no faster than the source model. The caller closes it. */
    DeviceModel masked(ModelUpdate update);

    /**
     * The model from which what the mask removes is gone; may take seconds. The caller closes it.
     *
     * @return empty if a mask of this granularity leaves nothing to take out
     */
    Optional<DeviceModel> compacted(ModelUpdate update);
}
