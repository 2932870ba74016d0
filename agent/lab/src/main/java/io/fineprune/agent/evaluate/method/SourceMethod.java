package io.fineprune.agent.evaluate.method;

import io.fineprune.topology.activation.UnusableEventException;
import io.fineprune.topology.repair.ClassPrior;
import java.util.Map;

/** The source model as it is, with or without an estimated class prior. */
record SourceMethod(String name, boolean usesEvents) implements AdaptationMethod {
    static final String NAME = "source";

    @Override
    public String description() {
        return usesEvents
                ? "the source model, its answers weighted by the user's class prior (expectation maximisation)"
                : "the source model as it is";
    }

    @Override
    public boolean prunes() {
        return false;
    }

    @Override
    public String memory() {
        return usesEvents ? "O(N C)" : "none";
    }

    @Override
    public Adapted adapt(Bench bench, UserStream stream, double sparsity) throws UnusableEventException {
        if (!usesEvents) {
            return Adapted.of(Map.of(), Shares.NONE, bench.costs().nothing());
        }
        Observation seen = bench.observe(stream);
        int classes = bench.architecture().classes();
        return Adapted.of(Map.of(), Shares.NONE, bench.costs().observing(seen.events()))
                .withPrior(
                        ClassPrior.mostLikely(seen.posterior(), seen.events(), classes),
                        bench.costs().prior(seen.events()));
    }
}
