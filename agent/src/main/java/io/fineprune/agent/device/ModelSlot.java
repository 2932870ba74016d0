package io.fineprune.agent.device;

import io.fineprune.topology.activation.ModelInput;
import io.fineprune.topology.activation.UnusableEventException;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Holds the model that a device runs now. A swap is one exchange of a reference: an inference takes the model that is there
 * when it starts and keeps it to its end, and nothing ever waits. A model that was replaced is closed by whoever used it
 * last. Safe for use by any number of threads.
 */
public final class ModelSlot implements AutoCloseable {
    private volatile Holder current;

    /** Takes the first model over, as version 0. */
    public ModelSlot(DeviceModel first) {
        current = new Holder(first, 0);
    }

    /** The version that the next inference runs under. */
    public long version() {
        return held().version;
    }

    /**
     * Runs one inference wholly under one version.
     *
     * @throws UnusableEventException if the pass fails on this input
     * @throws IllegalStateException if the slot is closed
     */
    public Inference infer(ModelInput input) throws UnusableEventException {
        long requested = System.nanoTime();
        Holder holder = held();
        while (!holder.acquire()) {
            holder = held(); // it was replaced and closed between the two steps
        }
        try {
            long started = System.nanoTime();
            float[] posterior = holder.model.run(input);
            return Inference.of(holder.version, posterior, started - requested, System.nanoTime() - started);
        } finally {
            holder.release();
        }
    }

    /** Takes a model over; inferences that start from now on run under it. */
    public void swap(DeviceModel next, long version) {
        exchange(new Holder(next, version));
    }

    /** Closes the model once the inferences in progress have ended; none starts any more. */
    @Override
    public void close() {
        exchange(Holder.NONE);
    }

    private void exchange(Holder next) {
        Holder old;
        synchronized (this) { // among those who swap; inferences only read
            old = current;
            current = next;
        }
        old.retire();
    }

    private Holder held() {
        Holder holder = current;
        if (holder == Holder.NONE) {
            throw new IllegalStateException("Expected an open device, but it was closed");
        }
        return holder;
    }

    /** A model with the number of inferences that run it; -1: closed. */
    private static final class Holder {
        static final Holder NONE = new Holder(new ClosedModel(), -1);

        final DeviceModel model;
        final long version;
        private final AtomicInteger users = new AtomicInteger();
        private volatile boolean retired;

        Holder(DeviceModel model, long version) {
            this.model = model;
            this.version = version;
        }

        boolean acquire() {
            int n = users.get();
            while (n >= 0) {
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

        void retire() {
            retired = true;
            closeIfUnused();
        }

        private void closeIfUnused() {
            if (retired && users.compareAndSet(0, -1)) {
                model.close();
            }
        }
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
