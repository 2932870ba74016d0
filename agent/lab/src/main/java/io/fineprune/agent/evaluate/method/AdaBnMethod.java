package io.fineprune.agent.evaluate.method;

import io.fineprune.topology.activation.UnusableEventException;

/**
 * AdaBN (Li, Wang, Shi, Liu and Hou, "Revisiting Batch Normalization For Practical Domain Adaptation", 2016): the statistics of the
 * batch norms are measured anew on the user's events, and nothing else changes. In a model without batch norms every convolution is
 * treated as if one followed it, with the source data's moments as its shift and scale.
 */
record AdaBnMethod() implements AdaptationMethod {
    @Override
    public String name() {
        return "adabn";
    }

    @Override
    public String description() {
        return "AdaBN: the statistics of the batch norms measured anew on the user's events, nothing else";
    }

    @Override
    public boolean prunes() {
        return false;
    }

    @Override
    public String memory() {
        return "O(sum n_i + N max n_i)";
    }

    @Override
    public Adapted adapt(EvaluatedModel bench, UserStream stream, double sparsity) throws UnusableEventException {
        return Adapted.of(
                BatchStatistics.of(bench, stream.inputs()).parameters(),
                Shares.NONE,
                bench.costs().statistics(stream.events()));
    }
}
