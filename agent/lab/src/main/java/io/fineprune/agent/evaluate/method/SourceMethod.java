package io.fineprune.agent.evaluate.method;

import io.fineprune.topology.activation.UnusableEventException;
import io.fineprune.topology.labelling.ClassPrior;
import java.util.Map;

/** The source model as it is, with or without an estimated class prior, with or without the classes that a user declares. */
record SourceMethod(String name, boolean usesEvents, boolean needsDeclared) implements AdaptationMethod {
    static final String NAME = "source";

    @Override
    public String description() {
        if (needsDeclared) {
            return "the source model, which answers nothing but the classes that the user declares";
        }
        return usesEvents
                ? "the source model, its answers weighted by the user's class prior (expectation maximisation)"
                : "the source model as it is";
    }

    @Override
    public boolean prunes() {
        return false;
    }

    @Override
    public boolean usesDeclared() {
        return usesEvents || needsDeclared;
    }

    @Override
    public String memory() {
        return usesEvents ? "O(N C)" : "none";
    }

    @Override
    public Adapted adapt(EvaluatedModel bench, UserStream stream, double sparsity) throws UnusableEventException {
        Adapted source = Adapted.of(Map.of(), Shares.NONE, bench.costs().nothing());
        if (!usesEvents) {
            return source.limited(bench, stream.declared());
        }
        EvaluatedModel.Observation seen = bench.observe(stream);
        int classes = bench.architecture().classes();
        float[] posterior = stream.declared()
                .map(declared -> limited(seen.posterior(), declared, classes))
                .orElseGet(seen::posterior);
        return Adapted.of(Map.of(), Shares.NONE, bench.costs().observing(seen.events()))
                .withPrior(
                        ClassPrior.mostLikely(posterior, seen.events(), classes),
                        bench.costs().prior(seen.events()))
                .limited(bench, stream.declared());
    }

    /** Without the other classes; expectation maximisation does not mind that rows do not sum to 1. */
    private static float[] limited(float[] posterior, int[] declared, int classes) {
        float[] limited = new float[posterior.length];
        for (int row = 0; row < posterior.length; row += classes) {
            for (int c : declared) {
                limited[row + c] = posterior[row + c];
            }
        }
        return limited;
    }
}
