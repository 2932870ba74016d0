package io.fineprune.agent.tensorflow;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.fineprune.agent.device.Inference;
import io.fineprune.agent.device.ModelSwapper;
import io.fineprune.agent.model.ModelDescriptor;
import io.fineprune.agent.preprocessing.FeatureSpec;
import io.fineprune.agent.tensorflow.graph.Constants;
import io.fineprune.agent.tensorflow.graph.FlatGraph;
import io.fineprune.agent.tensorflow.graph.FrozenModel;
import io.fineprune.agent.tensorflow.units.Network;
import io.fineprune.agent.update.DeviceModel;
import io.fineprune.agent.update.ForwardingModels;
import io.fineprune.schemas.serde.MaskChecksum;
import io.fineprune.schemas.v1.AcknowledgementStatus;
import io.fineprune.schemas.v1.Criterion;
import io.fineprune.schemas.v1.Evidence;
import io.fineprune.schemas.v1.Granularity;
import io.fineprune.schemas.v1.MaskAcknowledgement;
import io.fineprune.schemas.v1.MaskUpdate;
import io.fineprune.schemas.v1.Scope;
import io.fineprune.schemas.v1.Sparsity;
import io.fineprune.schemas.v1.Trigger;
import io.fineprune.schemas.v1.UpdateKind;
import io.fineprune.topology.activation.Architecture;
import io.fineprune.topology.activation.ModelInput;
import io.fineprune.topology.activation.UnitGroup;
import io.fineprune.topology.pruning.Mask;
import io.fineprune.topology.repair.ModelUpdate;
import java.time.Clock;
import java.time.Duration;
import java.util.BitSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.tensorflow.proto.GraphDef;

/** A device with real graphs whose compaction has gone wrong. */
class DamagedCompactionTest {
    private static final int INPUTS = 8 * 8 * 2;

    private final BlockingQueue<MaskAcknowledgement> answers = new LinkedBlockingQueue<>();

    private static FrozenModel network() {
        RandomNets net = new RandomNets(8, 8, 8, 2);
        String at = net.relu(net.batchNorm(net.convolution("input", 3, 2, 12, 1), 12));
        at = net.unary("Relu6", net.depthwise(at, 3, 12, 1, 1));
        at = net.relu(net.convolution(at, 1, 12, 10, 1));
        return net.imported(net.dense(net.mean(at, false), 10, 4));
    }

    @Test
    void shouldKeepTheCompactedModelWhenItIsSound() throws Exception {
        run(FrozenModel::graph, Optional.empty());
    }

    @Test
    void shouldGoBackWhenOneWeightOfTheCompactedModelDiffers() throws Exception {
        run(model -> changed(model, value -> value + 1), Optional.of("expected the masked model's"));
    }

    @Test
    void shouldGoBackWhenTheCompactedModelAnswersWithNoNumbers() throws Exception {
        run(model -> changed(model, value -> Float.NaN), Optional.of("expected a finite posterior"));
    }

    private void run(Function<FrozenModel, GraphDef> damage, Optional<String> reason) throws Exception {
        ModelDescriptor descriptor = ModelDescriptor.of("m", new FeatureSpec(), List.of("a", "b", "c", "d"));
        try (TensorFlowModel model = TensorFlowModel.of(descriptor, network(), 4);
                ModelSwapper swapper = new ModelSwapper(
                        "theo",
                        "phone",
                        new Damaging(new TensorFlowDeviceModels(model), damage),
                        answers::add,
                        Clock.systemUTC(),
                        Duration.ofSeconds(10))) {
            ModelInput input = input();
            Inference before = swapper.infer(input);
            swapper.receive(update(model.architecture()));
            assertThat(answer().getStatus()).isEqualTo(AcknowledgementStatus.ACKNOWLEDGEMENT_STATUS_APPLIED);
            if (reason.isPresent()) {
                MaskAcknowledgement answer = answer();
                assertThat(answer.getStatus()).isEqualTo(AcknowledgementStatus.ACKNOWLEDGEMENT_STATUS_ROLLED_BACK);
                assertThat(answer.getReason()).contains("Self-check of the compacted model", reason.get());
                assertThat(answer.getRunningVersion()).isZero();
                Inference after = swapper.infer(input);
                assertThat(after.version()).isZero();
                assertThat(after.confidence()).isEqualTo(before.confidence());
            } else {
                while (!swapper.settled()) {
                    Thread.onSpinWait();
                }
                assertThat(swapper.compacted()).isTrue();
                assertThat(swapper.infer(input).version()).isEqualTo(1);
            }
            assertThat(answers).isEmpty();
        }
    }

    private MaskAcknowledgement answer() throws InterruptedException {
        MaskAcknowledgement answer = answers.poll(60, TimeUnit.SECONDS);
        if (answer == null) {
            throw new AssertionError("No acknowledgement came within 60 s");
        }
        return answer;
    }

    private static ModelInput input() {
        SplittableRandom random = new SplittableRandom(3);
        float[] values = new float[INPUTS];
        for (int i = 0; i < INPUTS; i++) {
            values[i] = (float) random.nextDouble();
        }
        return new ModelInput.Values(values);
    }

    /** Changes one weight of the last layer. */
    private static GraphDef changed(FrozenModel model, Function<Float, Float> change) {
        FlatGraph graph = FlatGraph.of(model.graph());
        var nodes = Network.of(model).nodes();
        var last = nodes.get(nodes.size() - 1);
        float[] weights = Constants.floats(graph.node(last.kernel()));
        weights[0] = change.apply(weights[0]);
        graph.put(Constants.floats(last.kernel(), last.kernelShape(), weights));
        return graph.toGraphDef();
    }

    /** An update without half of each group. */
    private static MaskUpdate update(Architecture architecture) {
        BitSet kept = new BitSet();
        for (UnitGroup group : architecture.groups()) {
            for (int i = 0; i < group.size(); i += 2) {
                kept.set(group.firstUnit() + i);
            }
        }
        return MaskChecksum.seal(MaskUpdate.newBuilder()
                .setUserId("theo")
                .setModelId("m")
                .setModelFingerprint(ByteString.copyFrom(HexFormat.of().parseHex(architecture.fingerprint())))
                .setVersion(1)
                .setCriterion(Criterion.CRITERION_ACTIVATION)
                .setGranularity(Granularity.GRANULARITY_NODE)
                .setScope(Scope.SCOPE_LAYER)
                .addAllLayers(Mask.ofUnits(architecture, kept).toLayerMasks(architecture))
                .setSparsity(Sparsity.newBuilder().setNodes(0.5))
                .setEvidence(Evidence.newBuilder().setEventsSeen(1))
                .setTrigger(Trigger.TRIGGER_BUDGET_EVENTS)
                .setKind(UpdateKind.UPDATE_KIND_MASK)
                .build());
    }

    /** Real models, but for what happens to compacted ones. */
    private static final class Damaging extends ForwardingModels {
        private final Function<FrozenModel, GraphDef> damage;

        Damaging(TensorFlowDeviceModels models, Function<FrozenModel, GraphDef> damage) {
            super(models);
            this.damage = damage;
        }

        @Override
        public Optional<DeviceModel> compacted(ModelUpdate update) {
            return super.compacted(update).map(whole -> {
                FrozenModel frozen = ((RunnableModel) whole).frozen();
                whole.close();
                return new RunnableModel(frozen.with(damage.apply(frozen)));
            });
        }
    }
}
