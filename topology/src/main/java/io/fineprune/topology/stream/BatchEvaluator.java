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

/**
 * Runs the forward pass over a batch of events of many users, model by model. A pass that fails is repeated event by event,
 * so that one bad event harms no other.
 */
final class BatchEvaluator {
    private final Models models;
    private final StreamListener listener;

    BatchEvaluator(Models models, StreamListener listener) {
        this.models = models;
        this.listener = listener;
    }

    /** What came of one event. */
    sealed interface Outcome {
        /** Its activations are this row. */
        record Row(ActivationBatch batch, int row) implements Outcome {}

        record Failed(UnusableEventException why) implements Outcome {}
    }

    /** [events] in the order given. */
    Outcome[] evaluate(List<PendingEvent> events) {
        Outcome[] outcomes = new Outcome[events.size()];
        Map<String, List<Integer>> byModel = new LinkedHashMap<>();
        for (int e = 0; e < outcomes.length; e++) {
            PendingEvent event = events.get(e);
            if (event.failure().isPresent()) {
                outcomes[e] = new Outcome.Failed(event.failure().get());
            } else {
                byModel.computeIfAbsent(event.key().model(), id -> new ArrayList<>())
                        .add(e);
            }
        }
        byModel.forEach((id, indices) -> evaluate(models.source(id).orElseThrow(), events, indices, outcomes));
        return outcomes;
    }

    private void evaluate(SourceModel model, List<PendingEvent> events, List<Integer> indices, Outcome[] outcomes) {
        List<ModelInput> inputs = new ArrayList<>(indices.size());
        for (int e : indices) {
            inputs.add(events.get(e).input().orElseThrow());
        }
        String id = model.architecture().modelId();
        try {
            long start = System.nanoTime();
            ActivationBatch batch = model.evaluate(inputs);
            listener.batch(id, inputs.size(), System.nanoTime() - start);
            requireRows(id, batch, inputs.size());
            for (int row = 0; row < inputs.size(); row++) {
                outcomes[indices.get(row)] = outcome(id, batch, row);
            }
        } catch (UnusableEventException | RuntimeException e) {
            if (inputs.size() == 1) {
                outcomes[indices.get(0)] = new Outcome.Failed(wrap(id, e));
                return;
            }
            for (int index : indices) {
                evaluate(model, events, List.of(index), outcomes);
            }
        }
    }

    private static Outcome outcome(String id, ActivationBatch batch, int row) {
        return SumsAccumulator.finite(batch, row)
                ? new Outcome.Row(batch, row)
                : new Outcome.Failed(new UnusableEventException(
                        Reason.EVALUATION_FAILED,
                        "Expected finite activations of model %s, but some were not".formatted(id)));
    }

    private static void requireRows(String id, ActivationBatch batch, int rows) {
        if (batch.events() != rows) {
            throw new IllegalStateException(
                    "Expected %d rows of model %s, but was %d".formatted(rows, id, batch.events()));
        }
    }

    private static UnusableEventException wrap(String id, Exception e) {
        return e instanceof UnusableEventException unusable
                ? unusable
                : new UnusableEventException(
                        Reason.EVALUATION_FAILED, "Expected model %s to take the event, but: %s".formatted(id, e), e);
    }
}
