package io.fineprune.topology.stream;

import io.fineprune.topology.stream.BatchEvaluator.Outcome;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;

/**
 * Lets the tasks of one stream thread share forward passes. A pass costs the same for one row as for all, so rows that a
 * task's batch leaves free are given to events that wait in the buffers of other tasks, and their outcomes are kept until
 * those tasks flush. An outcome is a function of the event alone: nothing is folded, stored or forwarded ahead of time.
 *
 * <p>For use by its thread only.
 */
final class ForwardPool {
    private final List<EventBuffer> buffers = new ArrayList<>();
    private final IdentityHashMap<PendingEvent, Outcome> ahead = new IdentityHashMap<>();

    void join(EventBuffer buffer) {
        buffers.add(buffer);
    }

    /** Removes a closed task's buffer and the outcomes kept for its events. */
    void leave(EventBuffer buffer) {
        buffers.remove(buffer);
        buffer.pending().forEach(ahead::remove);
    }

    /** Returns and forgets the result of an event that was evaluated along with another batch. */
    Optional<Outcome> take(PendingEvent event) {
        return Optional.ofNullable(ahead.remove(event));
    }

    void keep(PendingEvent event, Outcome outcome) {
        ahead.put(event, outcome);
    }

    /**
     * Returns events of a model that wait in other tasks' buffers and are not evaluated yet.
     *
     * @param own the buffer that is left out
     * @param limit most events to return
     */
    List<PendingEvent> companions(EventBuffer own, String model, int limit) {
        List<PendingEvent> found = new ArrayList<>();
        for (EventBuffer buffer : buffers) {
            if (buffer == own) {
                continue;
            }
            for (PendingEvent event : buffer.pending()) {
                if (found.size() == limit) {
                    return found;
                }
                if (event.input().isPresent() && event.key().model().equals(model) && !ahead.containsKey(event)) {
                    found.add(event);
                }
            }
        }
        return found;
    }
}
