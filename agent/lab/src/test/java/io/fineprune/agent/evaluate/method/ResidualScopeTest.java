package io.fineprune.agent.evaluate.method;

import static org.assertj.core.api.Assertions.assertThat;

import io.fineprune.agent.evaluate.TinyFleet;
import io.fineprune.agent.model.ModelDirectory;
import io.fineprune.agent.recordings.Recording;
import io.fineprune.agent.recordings.Recordings;
import io.fineprune.agent.source.Payloads;
import io.fineprune.agent.tensorflow.TensorFlowModel;
import io.fineprune.schemas.v1.Granularity;
import io.fineprune.schemas.v1.Scope;
import io.fineprune.schemas.v1.UpdateKind;
import io.fineprune.topology.activation.ModelInput;
import io.fineprune.topology.lifecycle.Personalization;
import io.fineprune.topology.lifecycle.PersonalizationPlan;
import io.fineprune.topology.pruning.Mask;
import io.fineprune.topology.pruning.SparsityReport;
import io.fineprune.topology.repair.RepairSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ResidualScopeTest {
    private static Mask mask(EvaluatedModel bench, UserStream stream, Scope scope, Map<String, Double> limits)
            throws Exception {
        PersonalizedMethod method = new PersonalizedMethod(
                "ours",
                "",
                Granularity.GRANULARITY_NODE,
                UpdateKind.UPDATE_KIND_REFIT,
                false,
                1,
                scope,
                RepairSettings.DEFAULT);
        var plan = method.plan(0.5, 1);
        Personalization made = PersonalizedMethod.personalize(
                bench,
                stream,
                new PersonalizationPlan(
                        plan.pruning().withLayerLimits(limits), plan.kind(), true, false, plan.repairs()),
                Optional.empty());
        return ((Personalization.Ready) made).mask();
    }

    @Test
    void shouldRemoveAsManyWeightsButNotEverywhereAlikeWhenResidualsRule(@TempDir Path folder) throws Exception {
        List<Recording> recordings = Recordings.load(TinyFleet.data(Files.createDirectory(folder.resolve("data"))));
        TensorFlowModel model = TensorFlowModel.open(ModelDirectory.open(TinyFleet.model(folder.resolve("model"))), 32);
        List<ModelInput> inputs = new ArrayList<>();
        for (Recording recording : recordings.subList(0, 60)) {
            inputs.add(model.prepare(Payloads.of(recording)));
        }
        try (EvaluatedModel bench = new EvaluatedModel(model, Optional.empty())) {
            UserStream stream = new UserStream("ann", 1, inputs, new int[inputs.size()], 64);
            Mask alike = mask(bench, stream, Scope.SCOPE_LAYER, Map.of());
            Mask byResidual = mask(bench, stream, Scope.SCOPE_RESIDUAL, Map.of());
            SparsityReport uniform = SparsityReport.of(bench.architecture(), alike);
            SparsityReport chosen = SparsityReport.of(bench.architecture(), byResidual);
            assertThat(chosen.weightShare()).isBetween(uniform.weightShare(), uniform.weightShare() + 0.1);
            assertThat(byResidual).isNotEqualTo(alike);
            assertThat(mask(bench, stream, Scope.SCOPE_RESIDUAL, Map.of())).isEqualTo(byResidual);

            String first = bench.architecture().layers().get(0).name();
            Mask withFirst = mask(bench, stream, Scope.SCOPE_RESIDUAL, Map.of(first, 0.0));
            assertThat(withFirst.layer(0).cardinality())
                    .isEqualTo(bench.architecture().layers().get(0).nodes());
        }
    }
}
