package io.fineprune.agent.update;

import io.fineprune.topology.activation.ModelInput;
import io.fineprune.topology.activation.UnusableEventException;

/** One version of the model, ready to run. May be run by several threads at once; is closed when none runs it. */
public interface DeviceModel extends AutoCloseable {
    /**
     * Runs one inference.
     *
     * @return [classes] posterior, which the caller may keep
     * @throws UnusableEventException if the pass fails on this input
     */
    float[] run(ModelInput input) throws UnusableEventException;

    @Override
    void close();
}
