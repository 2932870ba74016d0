package io.fineprune.agent.evaluate.method;

import io.fineprune.topology.activation.ModelInput;
import io.fineprune.topology.repair.Reservoir;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * The events of one user that a method may adapt to, in stream order. The array is shared and never written to.
 *
 * @param user the user's name
 * @param seed of everything drawn at random for this user and fold
 * @param inputs the events
 * @param labels [events] the true classes: for methods that say that they use labels, and for nothing else
 * @param reservoirCapacity how many of the inputs are kept at once; 0: none
 * @param declared classes that the user says to meet, rising; empty: the user says nothing
 */
public record UserStream(
        String user,
        long seed,
        List<ModelInput> inputs,
        int[] labels,
        int reservoirCapacity,
        Optional<int[]> declared) {
    /** Creates the stream of a user who declares no classes. */
    public UserStream(String user, long seed, List<ModelInput> inputs, int[] labels, int reservoirCapacity) {
        this(user, seed, inputs, labels, reservoirCapacity, Optional.empty());
    }

    public UserStream {
        inputs = List.copyOf(inputs);
        if (labels.length != inputs.size()) {
            throw new IllegalArgumentException(
                    "Expected %d labels of user %s, but was %d".formatted(inputs.size(), user, labels.length));
        }
    }

    public int events() {
        return inputs.size();
    }

    /** The same user's first events. */
    public UserStream first(int events) {
        int count = Math.min(events, inputs.size());
        return new UserStream(
                user, seed, inputs.subList(0, count), Arrays.copyOf(labels, count), reservoirCapacity, declared);
    }

    /** What the topology's reservoir holds of these events after the last of them, as precise as it keeps them. */
    List<ModelInput> reservoir() {
        List<ModelInput> kept = new ArrayList<>();
        for (int e = 0; e < inputs.size(); e++) {
            OptionalInt slot = Reservoir.slot(e + 1L, reservoirCapacity);
            if (slot.isPresent()) {
                ModelInput input = Reservoir.load(Reservoir.store(inputs.get(e)));
                if (slot.getAsInt() < kept.size()) {
                    kept.set(slot.getAsInt(), input);
                } else {
                    kept.add(input);
                }
            }
        }
        return kept;
    }
}
