package io.fineprune.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.fineprune.agent.model.ModelDescriptor;
import io.fineprune.agent.model.ModelDirectory;
import io.fineprune.agent.preprocessing.FeatureSpec;
import io.fineprune.agent.tensorflow.RandomNets;
import io.fineprune.agent.tensorflow.TensorFlowModel;
import io.fineprune.agent.tensorflow.graph.FrozenModel;
import io.fineprune.agent.tensorflow.graph.SavedModelWriter;
import io.fineprune.schemas.serde.MessageSerdes;
import io.fineprune.schemas.serde.UserModelKey;
import io.fineprune.schemas.v1.Criterion;
import io.fineprune.schemas.v1.Granularity;
import io.fineprune.schemas.v1.MaskUpdate;
import io.fineprune.schemas.v1.Scope;
import io.fineprune.schemas.v1.Trigger;
import io.fineprune.schemas.v1.UpdateKind;
import io.fineprune.topology.activation.Architecture;
import io.fineprune.topology.activation.ModelInput;
import io.fineprune.topology.lifecycle.MaskUpdates;
import io.fineprune.topology.lifecycle.Personalization;
import io.fineprune.topology.pruning.Mask;
import io.fineprune.topology.pruning.PrunableModel;
import io.fineprune.topology.pruning.Pruner;
import io.fineprune.topology.pruning.PruningPlan;
import io.fineprune.topology.repair.HomeostaticScaling;
import io.fineprune.topology.repair.InputScaling;
import io.fineprune.topology.repair.LayerRepair;
import io.fineprune.topology.sums.ActivationSums;
import io.fineprune.topology.sums.SumsAccumulator;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CompactCommandTest {
    @TempDir
    private Path folder = Path.of("");

    private Path source = Path.of("");
    private Path maskFile = Path.of("");
    private Path out = Path.of("");

    /** A residual network and an update of half of its nodes, the first layer and the input scaled. */
    @BeforeEach
    void writeModelAndMask() throws Exception {
        source = folder.resolve("source");
        maskFile = folder.resolve("mask");
        out = folder.resolve("out");
        RandomNets net = new RandomNets(1, 10, 10, 3);
        String stem = net.relu(net.convolution("input", 3, 3, 16, 1));
        String branch = net.convolution(net.relu(net.convolution(stem, 1, 16, 8, 1)), 3, 8, 16, 1);
        String sum = net.relu(net.binary("AddV2", stem, branch));
        FrozenModel frozen = net.imported(net.dense(net.mean(sum, false), 16, 3));
        SavedModelWriter.write(source, frozen, ModelDescriptor.of("m", new FeatureSpec(), List.of("a", "b", "c")));
        Files.write(maskFile, MessageSerdes.maskUpdate().toBytes(update()));
    }

    private MaskUpdate update() throws Exception {
        try (TensorFlowModel model = TensorFlowModel.open(ModelDirectory.open(source))) {
            Architecture architecture = model.architecture();
            SplittableRandom random = new SplittableRandom(2);
            float[] values = new float[300];
            for (int i = 0; i < values.length; i++) {
                values[i] = (float) random.nextDouble();
            }
            SumsAccumulator sums = SumsAccumulator.empty(architecture);
            sums.add(model.evaluate(List.of(new ModelInput.Values(values))), 0, 5);
            ActivationSums snapshot = sums.snapshot();
            PruningPlan plan = new PruningPlan(
                    Criterion.CRITERION_FLUCTUATION, Granularity.GRANULARITY_NODE, Scope.SCOPE_LAYER, 0.5, 0);
            Mask mask = Pruner.prune(PrunableModel.of(model), snapshot, plan);
            float[] scales = new float[16];
            float[] shifts = new float[16];
            Arrays.fill(scales, 1.5f);
            Arrays.fill(shifts, 0.25f);
            return MaskUpdates.of(
                    new UserModelKey("ann", "m"),
                    architecture,
                    new Personalization.Ready(
                            plan,
                            UpdateKind.UPDATE_KIND_MASK,
                            mask,
                            Map.of(0, new LayerRepair.Scaled(new HomeostaticScaling(scales, shifts))),
                            Optional.of(new InputScaling(
                                    new HomeostaticScaling(new float[] {2, 1, 0.5f}, new float[] {0.5f, 0, -1}))),
                            Optional.empty(),
                            Optional.empty(),
                            Personalization.Grounds.UNJUDGED,
                            Optional.empty(),
                            List.of()),
                    snapshot,
                    4,
                    Trigger.TRIGGER_COMMAND);
        }
    }

    @Test
    void shouldWriteASmallerModelThatLoadsWhenTheMaskFits() throws Exception {
        Run run = Run.of("compact", "--model", source, "--mask", maskFile, "--to", out);
        assertThat(run.err()).isEmpty();
        assertThat(run.exitCode()).isZero();
        assertThat(run.out()).contains("50.0 % of the nodes", "for user ann, version 4", "model m-v4");
        assertThat(Files.size(out.resolve("saved_model.pb"))).isLessThan(Files.size(source.resolve("saved_model.pb")));
        ModelDirectory written = ModelDirectory.open(out);
        assertThat(written.descriptor().labels()).containsExactly("a", "b", "c");
        try (TensorFlowModel small = TensorFlowModel.open(written);
                TensorFlowModel large = TensorFlowModel.open(ModelDirectory.open(source))) {
            assertThat(small.architecture().layers())
                    .hasSameSizeAs(large.architecture().layers());
            assertThat(small.architecture().layers().get(0).nodes()).isEqualTo(8);
            assertThat(small.architecture().layers().get(1).nodes()).isEqualTo(4);
            float kept = small.weights(0)[0];
            assertThat(Arrays.asList(box(large.weights(0))))
                    .as("scaled by 1.5")
                    .anySatisfy(weight -> assertThat(1.5f * weight).isCloseTo(kept, within(1e-6f)));
        }
    }

    @Test
    void shouldRefuseWhenTheMaskIsOfAnotherModel() throws Exception {
        RandomNets net = new RandomNets(9, 10, 10, 3);
        FrozenModel other = net.imported(net.dense(net.mean(net.convolution("input", 3, 3, 4, 1), false), 4, 3));
        SavedModelWriter.write(source, other, ModelDescriptor.of("m", new FeatureSpec(), List.of("a", "b", "c")));
        Run run = Run.of("compact", "--model", source, "--mask", maskFile, "--to", out);
        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err()).contains("Expected model fingerprint");
        assertThat(out).doesNotExist();
    }

    @Test
    void shouldRefuseWhenTheMaskIsDamaged() throws Exception {
        byte[] bytes = Files.readAllBytes(maskFile);
        bytes[bytes.length / 2] ^= 4;
        Files.write(maskFile, bytes);
        Run run = Run.of("compact", "--model", source, "--mask", maskFile, "--to", out);
        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err()).startsWith("Expected a mask in ");
        Run none = Run.of("compact", "--model", source, "--mask", folder.resolve("none"), "--to", out);
        assertThat(none.exitCode()).isEqualTo(1);
        assertThat(Run.of("compact", "--model", source, "--to", out).exitCode()).isEqualTo(2);
        assertThat(Run.of("compact", "--model", source, "--mask", maskFile, "--to", source)
                        .exitCode())
                .isEqualTo(2);
    }

    private static Float[] box(float[] values) {
        Float[] boxed = new Float[values.length];
        Arrays.setAll(boxed, i -> values[i]);
        return boxed;
    }
}
