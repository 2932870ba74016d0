package io.fineprune.agent.device;

import io.fineprune.agent.update.DeviceModel;
import io.fineprune.topology.activation.ModelInput;
import io.fineprune.topology.activation.UnusableEventException;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Two slots: the model that a device runs now, and the one of the version before, ready to be gone back to. A swap is one
 * exchange of a reference: an inference takes the model that is there when it starts and keeps it to its end, and nothing ever
 * waits. A model that has left both slots is closed by whoever used it last. Safe for use by any number of threads.
 */
public final class ModelSlot implements AutoCloseable {
    private static final HeldModel NONE = new HeldModel(new ClosedModel(), -1, false);

    private final Watcher watcher;
    private volatile HeldModel current;
    private volatile HeldModel previous = NONE;

    /** Observer of inferences; called by the threads that run them. */
    public interface Watcher {
        /** The version in force has answered. */
        void answered(long version);

        /** The version in force has failed on an input that the version before it could answer. */
        void failed(long version, String reason);
    }

    /** Creates the slots with the source model as version 0; the slots close it. */
    public ModelSlot(DeviceModel first, Watcher watcher) {
        this.watcher = watcher;
        this.current = new HeldModel(first, 0, false);
    }

    /** The version that the next inference runs under. */
    public long version() {
        return open().version();
    }

    /** Tells whether the model in force is compacted, that is, without the channels that its mask removes. */
    public boolean compacted() {
        return current.compacted();
    }

    /**
     * Runs one inference wholly under one version. If the version in force fails on it, the version before answers instead.
     *
     * @throws UnusableEventException if the pass fails on this input, under the version before too
     * @throws IllegalStateException if the slot is closed
     */
    public Inference infer(ModelInput input) throws UnusableEventException {
        long requested = System.nanoTime();
        HeldModel held = acquire();
        try {
            Inference inference = run(held, input, requested);
            watcher.answered(held.version());
            return inference;
        } catch (UnusableEventException | RuntimeException e) {
            Optional<Inference> older = inferBefore(held, input, requested);
            if (older.isEmpty()) {
                throw e;
            }
            watcher.failed(held.version(), String.valueOf(e.getMessage()));
            return older.get();
        } finally {
            held.release();
        }
    }

    /**
     * Runs the version in force without telling the watcher, as self-checks do; returns the posterior, [classes].
     *
     * @throws UnusableEventException if the pass fails on this input
     * @throws IllegalStateException if the slot is closed
     */
    public float[] run(ModelInput input) throws UnusableEventException {
        HeldModel held = acquire();
        try {
            return held.run(input);
        } finally {
            held.release();
        }
    }

    /**
     * Takes a model over; inferences that start from now on run under it. A new version puts the one in force into the second
     * slot; another model of the same version takes its place. Closes the model if the slot is
     * closed.
     */
    public synchronized void swap(DeviceModel next, long version, boolean compacted) {
        HeldModel old = current;
        HeldModel oldest = previous;
        if (old == NONE) {
            next.close();
            return;
        }
        current = new HeldModel(next, version, compacted);
        if (old.version() == version) {
            old.retire();
        } else {
            previous = old;
            oldest.retire();
        }
    }

    /**
     * Puts the model of the second slot back in force, and the source model into the second slot.
     *
     * @param source makes the source model
     */
    public synchronized void rollBack(Supplier<DeviceModel> source) {
        HeldModel failed = current;
        if (failed == NONE) {
            return;
        }
        current = previous == NONE ? new HeldModel(source.get(), 0, false) : previous;
        previous = NONE;
        failed.retire();
        if (current.version() > 0) {
            previous = new HeldModel(source.get(), 0, false);
        }
    }

    /** Closes the models once the inferences in progress have ended; none starts any more. */
    @Override
    public synchronized void close() {
        HeldModel[] old = {current, previous};
        current = NONE;
        previous = NONE;
        for (HeldModel held : old) {
            held.retire();
        }
    }

    private Optional<Inference> inferBefore(HeldModel failed, ModelInput input, long requested) {
        HeldModel before = previous;
        HeldModel older = before == NONE ? current : before; // the version before is in force again already
        if (older == failed || older == NONE || !older.acquire()) {
            return Optional.empty();
        }
        try {
            return Optional.of(run(older, input, requested));
        } catch (UnusableEventException | RuntimeException e) {
            return Optional.empty(); // both versions fail, so the input is at fault
        } finally {
            older.release();
        }
    }

    private static Inference run(HeldModel held, ModelInput input, long requested) throws UnusableEventException {
        long started = System.nanoTime();
        float[] posterior = held.run(input);
        return Inference.of(held.version(), posterior, started - requested, System.nanoTime() - started);
    }

    private HeldModel acquire() {
        HeldModel held = open();
        while (!held.acquire()) {
            held = open(); // it was replaced and closed between the two steps
        }
        return held;
    }

    private HeldModel open() {
        HeldModel held = current;
        if (held == NONE) {
            throw new IllegalStateException("Expected an open device, but it was closed");
        }
        return held;
    }

    private static final class ClosedModel implements DeviceModel {
        @Override
        public float[] run(ModelInput input) {
            throw new IllegalStateException("Expected an open device, but it was closed");
        }

        @Override
        public void close() {}
    }
}
