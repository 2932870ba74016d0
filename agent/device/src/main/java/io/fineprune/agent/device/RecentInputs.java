package io.fineprune.agent.device;

import io.fineprune.topology.activation.ModelInput;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** The inputs that a device's model answered last, for new models to be checked on. Thread-safe. */
final class RecentInputs {
    private final int capacity;
    private final Deque<ModelInput> inputs;

    RecentInputs(int capacity) {
        if (capacity < 1) {
            throw new IllegalArgumentException("Expected a capacity of at least 1, but was " + capacity);
        }
        this.capacity = capacity;
        this.inputs = new ArrayDeque<>(capacity);
    }

    /** Stores the input in the place of the oldest one. */
    synchronized void add(ModelInput input) {
        if (inputs.size() == capacity) {
            inputs.removeFirst();
        }
        inputs.addLast(input);
    }

    /** Returns the stored inputs, the oldest first, filled up with some of the others to the capacity. */
    synchronized List<ModelInput> orElse(List<ModelInput> others) {
        List<ModelInput> all = new ArrayList<>(inputs);
        all.addAll(others.subList(0, Math.min(others.size(), capacity - all.size())));
        return all;
    }
}
