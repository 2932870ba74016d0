package io.fineprune.agent.evaluate.method;

import io.fineprune.topology.activation.UnusableEventException;
import java.util.Map;

/**
 * LAME (Boudiaf, Mueller, Ben Ayed and Bertinetto, "Parameter-free Online Test-time Adaptation", 2022): the model stays as it is,
 * and the answers to a batch of events are drawn to those of their neighbours. The batch is the user's events up to the budget; a
 * held-out event is answered beside them by itself, so that an answer does not depend on what else is tested.
 */
record LameMethod() implements AdaptationMethod {
    @Override
    public String name() {
        return "lame";
    }

    @Override
    public String description() {
        return "LAME: the source model's answers, drawn to those of the five nearest of the user's events";
    }

    @Override
    public boolean prunes() {
        return false;
    }

    @Override
    public String memory() {
        return "O(N (n_(L-1) + C))";
    }

    @Override
    public Adapted adapt(EvaluatedModel bench, UserStream stream, double sparsity) throws UnusableEventException {
        return Adapted.of(Map.of(), Shares.NONE, bench.costs().neighbours(stream.events()))
                .beside(LaplacianAdjustment.of(bench.layerwise().answer(stream.inputs(), Map.of())));
    }
}
