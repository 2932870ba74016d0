package io.fineprune.agent.evaluate.method;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.fineprune.agent.evaluate.TinyFleet;
import io.fineprune.agent.model.ModelDirectory;
import io.fineprune.agent.recordings.Recording;
import io.fineprune.agent.recordings.Recordings;
import io.fineprune.agent.source.Payloads;
import io.fineprune.agent.tensorflow.TensorFlowModel;
import io.fineprune.schemas.v1.Criterion;
import io.fineprune.schemas.v1.Granularity;
import io.fineprune.topology.activation.ModelInput;
import io.fineprune.topology.repair.LayerParameters;
import io.fineprune.topology.repair.LayerRepair;
import io.fineprune.topology.repair.LayerStream;
import io.fineprune.topology.repair.MaskedLayers;
import io.fineprune.topology.repair.NodeMoments;
import io.fineprune.topology.repair.RepairSettings;
import io.fineprune.topology.repair.Sweep;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BiasCompensationTest {
    @Test
    void shouldGiveEveryNodeLeftItsMeanBackWhenOthersAreRemoved(@TempDir Path folder) throws Exception {
        List<Recording> recordings = Recordings.load(TinyFleet.data(Files.createDirectory(folder.resolve("data"))));
        TensorFlowModel model = TensorFlowModel.open(ModelDirectory.open(TinyFleet.model(folder.resolve("model"))), 32);
        List<ModelInput> inputs = new ArrayList<>();
        for (Recording recording : recordings.subList(0, 40)) {
            inputs.add(model.prepare(Payloads.of(recording)));
        }
        try (EvaluatedModel bench = new EvaluatedModel(model, Optional.empty())) {
            UserStream stream = new UserStream("ann", 1, inputs, new int[inputs.size()], 0);
            MaskedLayers masked = new MaskedLayers(
                    bench.architecture(),
                    MaskMethod.mask(bench, stream, 0.5, Criterion.CRITERION_FLUCTUATION, Granularity.GRANULARITY_NODE));
            RepairSettings settings =
                    new RepairSettings(false, 0, 0, inputs.size(), false, 0).withBiasCompensation(true);
            Sweep.Repaired repaired = new Sweep(bench.layerwise(), settings).run(inputs, masked);
            double largestWithout = 0;
            try (LayerStream whole = bench.layerwise().stream(inputs);
                    LayerStream pruned = bench.layerwise().stream(inputs)) {
                for (int l = 0; l < bench.architecture().layers().size(); l++) {
                    LayerParameters source = bench.layerwise().source(l);
                    LayerParameters after =
                            Objects.requireNonNull(repaired.student().get(l));
                    NodeMoments wanted = whole.moments(l, source);
                    NodeMoments found = pruned.moments(l, after);
                    NodeMoments without = pruned.moments(l, masked.parameters(l, source));
                    for (int n : masked.nodes(l)) {
                        assertThat(found.mean()[n])
                                .as("node %d of layer %d", n, l)
                                .isCloseTo(wanted.mean()[n], within(1e-4));
                        largestWithout = Math.max(largestWithout, Math.abs(without.mean()[n] - wanted.mean()[n]));
                    }
                    assertThat(Objects.requireNonNull(repaired.repairs().get(l)))
                            .isInstanceOf(LayerRepair.Scaled.class);
                    assertThat(after.weights())
                            .isEqualTo(masked.parameters(l, source).weights());
                    whole.advance(l, source);
                    pruned.advance(l, after);
                }
            }
            assertThat(largestWithout).as("what was removed is missed").isGreaterThan(0.01);
        }
    }
}
