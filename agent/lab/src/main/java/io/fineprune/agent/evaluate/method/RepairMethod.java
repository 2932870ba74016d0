package io.fineprune.agent.evaluate.method;

import io.fineprune.schemas.v1.Criterion;
import io.fineprune.schemas.v1.Granularity;
import io.fineprune.topology.activation.Architecture;
import io.fineprune.topology.activation.ModelInput;
import io.fineprune.topology.activation.UnusableEventException;
import io.fineprune.topology.pruning.Mask;
import io.fineprune.topology.pruning.SparsityReport;
import io.fineprune.topology.repair.DiscriminantHead;
import io.fineprune.topology.repair.Features;
import io.fineprune.topology.repair.InputScaling;
import io.fineprune.topology.repair.LayerParameters;
import io.fineprune.topology.repair.MaskedLayers;
import io.fineprune.topology.repair.PseudoLabels;
import io.fineprune.topology.repair.RepairSettings;
import io.fineprune.topology.repair.Sweep;
import io.fineprune.topology.repair.Views;
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
    public Adapted adapt(Bench bench, UserStream stream, double sparsity) throws UnusableEventException {
        Architecture architecture = bench.architecture();
        Mask mask = MaskMethod.mask(bench, stream, sparsity, Criterion.CRITERION_FLUCTUATION, granularity);
        Cost cost = bench.costs().observing(stream.events());
        Optional<InputScaling> input = bench.input(settings, stream.reservoir());
        List<ModelInput> reservoir = input.isPresent() ? input.get().apply(stream.reservoir()) : stream.reservoir();
        int events = Math.min(reservoir.size(), settings.sweepEvents());

        Sweep.Repaired repaired =
                new Sweep(bench.layerwise(), settings).run(reservoir, new MaskedLayers(architecture, mask));
        if (settings.refit() || settings.scalingStrength() > 0 || settings.biasCompensation()) {
            cost = cost.then(bench.costs().sweep(events, settings.refit(), 1 - sparsity));
        }
        Map<Integer, LayerParameters> parameters = new HashMap<>(repaired.student());
        if (settings.discriminantHead()) {
            parameters.put(
                    architecture.layers().size() - 1, head(bench, stream.reservoir(), input, reservoir, repaired));
            cost = cost.then(bench.costs().head(reservoir.size()));
        }
        return Adapted.of(parameters, Shares.of(SparsityReport.of(architecture, mask)), cost)
                .behind(input);
    }

    /** Labels come from views of the whole model, features from the pruned one, as in the topology. */
    private LayerParameters head(
            Bench bench,
            List<ModelInput> asTheyCame,
            Optional<InputScaling> input,
            List<ModelInput> reservoir,
            Sweep.Repaired repaired)
            throws UnusableEventException {
        int classes = bench.architecture().classes();
        int last = bench.architecture().layers().size() - 1;
        PseudoLabels labels =
                PseudoLabels.of(Views.of(bench.layerwise(), settings, asTheyCame, input), classes, settings.seed());
        Features features =
                bench.layerwise().answer(reservoir, repaired.student()).features();
        return DiscriminantHead.fit(features, labels.labels(), classes)
                .with(Objects.requireNonNull(repaired.student().get(last)), features);
    }
}
