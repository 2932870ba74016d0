package io.fineprune.agent.evaluate.method;

import io.fineprune.schemas.v1.Criterion;
import io.fineprune.schemas.v1.Granularity;
import io.fineprune.topology.activation.Architecture;
import io.fineprune.topology.activation.ModelInput;
import io.fineprune.topology.activation.UnusableEventException;
import io.fineprune.topology.labelling.Labelling;
import io.fineprune.topology.labelling.ModelViews;
import io.fineprune.topology.labelling.SourceUsers;
import io.fineprune.topology.labelling.Vocabulary;
import io.fineprune.topology.pruning.Mask;
import io.fineprune.topology.pruning.SparsityReport;
import io.fineprune.topology.repair.Features;
import io.fineprune.topology.repair.HeadFit;
import io.fineprune.topology.repair.InputScaling;
import io.fineprune.topology.repair.LayerParameters;
import io.fineprune.topology.repair.MaskedLayers;
import io.fineprune.topology.repair.RepairSettings;
import io.fineprune.topology.repair.Sweep;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Pruning by fluctuation with a choice of repairs, always applied: one by one, all, or all but one.
 *
 * @param settings with a sweep over the user's first events
 */
record RepairMethod(String name, String description, Granularity granularity, RepairSettings settings)
        implements AdaptationMethod {
    @Override
    public String memory() {
        return settings.refit() ? "O(sum n_i + max n_i^2)" : "O(sum n_i)";
    }

    @Override
    public Adapted adapt(EvaluatedModel bench, UserStream stream, double sparsity) throws UnusableEventException {
        Architecture architecture = bench.architecture();
        Mask mask = MaskMethod.mask(bench, stream, sparsity, Criterion.CRITERION_FLUCTUATION, granularity);
        Cost cost = bench.costs().observing(stream.events());
        Optional<InputScaling> input = bench.input(settings, stream.reservoir());
        List<ModelInput> reservoir = input.isPresent() ? input.get().apply(stream.reservoir()) : stream.reservoir();
        int events = Math.min(reservoir.size(), settings.sweepEvents());

        Optional<ModelViews> views = settings.discriminantHead() || settings.scalingStrength() > 0
                ? Optional.of(ModelViews.of(
                        bench.layerwise(), settings, stream.reservoir(), input, Vocabulary.all(architecture.classes())))
                : Optional.empty();
        Sweep.Repaired repaired = new Sweep(bench.layerwise(), settings, views.map(ModelViews::shares))
                .run(reservoir, new MaskedLayers(architecture, mask));
        if (settings.refit() || settings.scalingStrength() > 0 || settings.biasCompensation()) {
            cost = cost.then(bench.costs().sweep(events, settings.refit(), 1 - sparsity));
        }
        Map<Integer, LayerParameters> parameters = new HashMap<>(repaired.student());
        Optional<Labelling> labelling = settings.discriminantHead()
                ? views.flatMap(seen ->
                        Labelling.of(seen, Vocabulary.all(architecture.classes()), SourceUsers.of(bench.layerwise())))
                : Optional.empty();
        if (labelling.isPresent()) {
            parameters.put(
                    architecture.layers().size() - 1,
                    head(bench, reservoir, new MaskedLayers(architecture, mask), repaired, labelling.get()));
            cost = cost.then(bench.costs().head(reservoir.size()));
        }
        return Adapted.of(parameters, Shares.of(SparsityReport.of(architecture, mask)), cost)
                .behind(input);
    }

    /** Labels come from views of the whole model, features from the pruned one, as in the topology. */
    private static LayerParameters head(
            EvaluatedModel bench,
            List<ModelInput> reservoir,
            MaskedLayers masked,
            Sweep.Repaired repaired,
            Labelling labelling)
            throws UnusableEventException {
        int classes = bench.architecture().classes();
        int last = bench.architecture().layers().size() - 1;
        Features features =
                bench.layerwise().answer(reservoir, repaired.student()).features();
        boolean[] answerable = new boolean[classes];
        Arrays.fill(answerable, true);
        HeadFit.Frame frame = new HeadFit.Frame(
                classes,
                answerable,
                Objects.requireNonNull(repaired.student().get(last)),
                masked.inputs(last),
                bench.layerwise().sourceClasses());
        return HeadFit.toLabels(features, labelling.labels(), frame).head();
    }
}
