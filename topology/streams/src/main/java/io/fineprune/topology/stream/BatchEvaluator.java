package io.fineprune.topology.stream;

import io.fineprune.topology.activation.ActivationBatch;
import io.fineprune.topology.activation.ModelInput;
import io.fineprune.topology.activation.SourceModel;
import io.fineprune.topology.activation.UnusableEventException;
import io.fineprune.topology.activation.UnusableEventException.Reason;
import io.fineprune.topology.sums.SumsAccumulator;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Runs the forward pass over a batch of events of many users, model by model. A pass that fails is repeated event by event,
 * so that one bad event harms no other.
 */
final class BatchEvaluator {
    private final Models models;
    private final ForwardPool pool;
    private final StreamListener listener;

    BatchEvaluator(Models models, ForwardPool pool, StreamListener listener) {
        this.models = models;
        this.pool = pool;
        this.listener = listener;
    }

    /** Result of the forward pass for one event. */
    sealed interface Outcome {
        /** The event was evaluated; its activations are this row of the batch. */
        record Row(ActivationBatch batch, int row) implements Outcome {}

        record Failed(UnusableEventException why) implements Outcome {}
    }

    /** Evaluates the events that wait in a buffer; returns their results in the same order. */
    Outcome[] evaluate(EventBuffer buffer) {
        List<PendingEvent> events = buffer.pending();
        Outcome[] outcomes = new Outcome[events.size()];
        Map<String, List<Integer>> byModel = new LinkedHashMap<>();
        for (int e = 0; e < outcomes.length; e++) {
            PendingEvent event = events.get(e);
            Optional<Outcome> known = pool.take(event);
            if (known.isPresent()) {
                outcomes[e] = known.get();
            } else if (event.failure().isPresent()) {
                outcomes[e] = new Outcome.Failed(event.failure().get());
            } else {
                byModel.computeIfAbsent(event.key().model(), id -> new ArrayList<>())
                        .add(e);
            }
        }
        byModel.forEach((id, indices) -> {
            SourceModel model = models.source(id).orElseThrow();
            List<PendingEvent> chosen =
                    new ArrayList<>(indices.stream().map(events::get).toList());
            int free = Math.floorMod(-chosen.size(), model.batchSize());
            chosen.addAll(pool.companions(buffer, id, free));
            evaluate(model, chosen, indices, outcomes);
        });
        return outcomes;
    }

    /** @param chosen the events of the indices, followed by events of other tasks that fill up the pass */
    private void evaluate(SourceModel model, List<PendingEvent> chosen, List<Integer> indices, Outcome[] outcomes) {
        try {
            ActivationBatch batch = pass(model, chosen);
            for (int row = 0; row < chosen.size(); row++) {
                Outcome outcome = outcome(model, batch, row);
                if (row < indices.size()) {
                    outcomes[indices.get(row)] = outcome;
                } else {
                    pool.keep(chosen.get(row), outcome);
                }
            }
        } catch (UnusableEventException | RuntimeException e) {
            for (int i = 0; i < indices.size(); i++) {
                outcomes[indices.get(i)] = alone(model, chosen.get(i));
            }
        }
    }

    private Outcome alone(SourceModel model, PendingEvent event) {
        try {
            return outcome(model, pass(model, List.of(event)), 0);
        } catch (UnusableEventException | RuntimeException e) {
            return new Outcome.Failed(wrap(model.architecture().modelId(), e));
        }
    }

    private ActivationBatch pass(SourceModel model, List<PendingEvent> events) throws UnusableEventException {
        List<ModelInput> inputs = new ArrayList<>(events.size());
        for (PendingEvent event : events) {
            inputs.add(event.input().orElseThrow());
        }
        long start = System.nanoTime();
        ActivationBatch batch = model.evaluate(inputs);
        listener.batch(model.architecture().modelId(), inputs.size(), System.nanoTime() - start);
        if (batch.events() != inputs.size()) {
            throw new IllegalStateException("Expected %d rows of model %s, but was %d"
                    .formatted(inputs.size(), model.architecture().modelId(), batch.events()));
        }
        return batch;
    }

    private static Outcome outcome(SourceModel model, ActivationBatch batch, int row) {
        return SumsAccumulator.finite(batch, row)
                ? new Outcome.Row(batch, row)
                : new Outcome.Failed(new UnusableEventException(
                        Reason.EVALUATION_FAILED,
                        "Expected finite activations of model %s, but some were not"
                                .formatted(model.architecture().modelId())));
    }

    private static UnusableEventException wrap(String id, Exception e) {
        return e instanceof UnusableEventException unusable
                ? unusable
                : new UnusableEventException(
                        Reason.EVALUATION_FAILED, "Expected model %s to take the event, but: %s".formatted(id, e), e);
    }
}
