package io.fineprune.agent.device;

import io.fineprune.agent.update.DeviceModel;
import io.fineprune.topology.activation.ModelInput;
import io.fineprune.topology.activation.UnusableEventException;
import io.fineprune.topology.activation.UnusableEventException.Reason;
import java.util.concurrent.atomic.AtomicInteger;

/** A model that counts the inferences that run it. Once it is retired, the last of them closes it. Thread-safe. */
final class HeldModel {
    private static final int CLOSED = -1;

    private final DeviceModel model;
    private final long version;
    private final boolean compacted;
    private final AtomicInteger users = new AtomicInteger();
    private volatile boolean retired;

    HeldModel(DeviceModel model, long version, boolean compacted) {
        this.model = model;
        this.version = version;
        this.compacted = compacted;
    }

    long version() {
        return version;
    }

    boolean compacted() {
        return compacted;
    }

    /**
     * Reserves the model for one inference; returns whether it may be run, in which case {@link #release} has to
     * follow.
     */
    boolean acquire() {
        int n = users.get();
        while (n != CLOSED) {
            if (users.compareAndSet(n, n + 1)) {
                return true;
            }
            n = users.get();
        }
        return false;
    }

    void release() {
        users.decrementAndGet();
        closeIfUnused();
    }

    /** Retires the model: it is closed as soon as no inference runs it. */
    void retire() {
        retired = true;
        closeIfUnused();
    }

    /**
     * Runs an acquired model.
     *
     * @return [classes] posterior, all finite
     * @throws UnusableEventException if the pass fails, or answers with something that is not finite
     */
    float[] run(ModelInput input) throws UnusableEventException {
        float[] posterior = model.run(input);
        for (float value : posterior) {
            if (!Float.isFinite(value)) {
                throw new UnusableEventException(
                        Reason.EVALUATION_FAILED,
                        "Expected a finite posterior of version %d, but was %s".formatted(version, value));
            }
        }
        return posterior;
    }

    private void closeIfUnused() {
        if (retired && users.compareAndSet(0, CLOSED)) {
            model.close();
        }
    }
}
