package io.fineprune.agent.device;

import com.google.protobuf.ByteString;
import io.fineprune.agent.update.DeviceModel;
import io.fineprune.agent.update.DeviceModels;
import io.fineprune.schemas.serde.MaskChecksum;
import io.fineprune.schemas.v1.Criterion;
import io.fineprune.schemas.v1.Evidence;
import io.fineprune.schemas.v1.Granularity;
import io.fineprune.schemas.v1.MaskUpdate;
import io.fineprune.schemas.v1.Scope;
import io.fineprune.schemas.v1.SensorEvent;
import io.fineprune.schemas.v1.Sparsity;
import io.fineprune.schemas.v1.Trigger;
import io.fineprune.schemas.v1.UpdateKind;
import io.fineprune.topology.activation.Architecture;
import io.fineprune.topology.activation.Layer;
import io.fineprune.topology.activation.LayerKind;
import io.fineprune.topology.activation.ModelInput;
import io.fineprune.topology.activation.UnitGroup;
import io.fineprune.topology.activation.UnusableEventException;
import io.fineprune.topology.pruning.Mask;
import io.fineprune.topology.repair.ModelUpdate;
import java.util.BitSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * Models of one layer of 16 nodes that answer with how many nodes they keep, twice, read at the beginning and at the end of
 * a run; they fail when they are run after they were closed.
 */
final class FakeModels implements DeviceModels {
    static final int NODES = 16;
    static final String FINGERPRINT = "ab".repeat(32);

    final AtomicInteger open = new AtomicInteger();
    final AtomicInteger compactions = new AtomicInteger();
    final AtomicInteger built = new AtomicInteger();
    volatile boolean compactionFails;
    private volatile Consumer<float[]> maskedDamage = posterior -> {};
    private volatile Consumer<float[]> compactionDamage = posterior -> {};
    private final Map<Integer, Consumer<float[]>> runningDamage = new ConcurrentHashMap<>();

    /** What masked models made from now on do to their answers. */
    void damageMasked(Consumer<float[]> damage) {
        maskedDamage = damage;
    }

    /** What compacted models made from now on do to their answers. */
    void damageCompaction(Consumer<float[]> damage) {
        compactionDamage = damage;
    }

    /** What every model that keeps so many nodes does to its answers from now on. */
    void damageRunning(int kept, Consumer<float[]> damage) {
        runningDamage.put(kept, damage);
    }

    @Override
    public Architecture architecture() {
        int[] units = new int[NODES];
        for (int i = 0; i < NODES; i++) {
            units[i] = i;
        }
        Layer hidden = new Layer(
                "hidden",
                LayerKind.DENSE,
                NODES,
                1,
                1,
                1,
                false,
                1,
                units,
                new int[] {-1},
                new int[1],
                Optional.empty());
        return new Architecture(
                "fake",
                FINGERPRINT,
                List.of(hidden),
                List.of(new UnitGroup("hidden", 0, NODES, List.of(0))),
                NODES + 1,
                List.of("first", "last"));
    }

    @Override
    public ModelInput prepare(SensorEvent event) {
        return new ModelInput.Values(new float[1]);
    }

    @Override
    public DeviceModel source() {
        return new Fake(NODES, posterior -> {});
    }

    @Override
    public List<ModelInput> probes() {
        return List.of(new ModelInput.Values(new float[1]));
    }

    @Override
    public DeviceModel masked(ModelUpdate update) {
        built.incrementAndGet();
        return new Fake(update.mask().layer(0).cardinality(), maskedDamage);
    }

    @Override
    public Optional<DeviceModel> compacted(ModelUpdate update) {
        if (compactionFails) {
            throw new IllegalStateException("it cannot be compacted");
        }
        compactions.incrementAndGet();
        return Optional.of(new Fake(update.mask().layer(0).cardinality(), compactionDamage));
    }

    /** A sound update that keeps the first nodes. */
    static MaskUpdate update(long version, int kept) {
        BitSet bits = new BitSet();
        bits.set(0, kept);
        return MaskChecksum.seal(MaskUpdate.newBuilder()
                .setUserId("theo")
                .setModelId("fake")
                .setModelFingerprint(ByteString.copyFrom(HexFormat.of().parseHex(FINGERPRINT)))
                .setVersion(version)
                .setParentVersion(version - 1)
                .setCriterion(Criterion.CRITERION_ACTIVATION)
                .setGranularity(Granularity.GRANULARITY_NODE)
                .setScope(Scope.SCOPE_LAYER)
                .addAllLayers(new Mask(Granularity.GRANULARITY_NODE, List.of(bits))
                        .toLayerMasks(new FakeModels().architecture()))
                .setSparsity(Sparsity.newBuilder().setNodes(1 - (double) kept / NODES))
                .setEvidence(Evidence.newBuilder()
                        .setEventsSeen(1)
                        .setFirstEventMillis(1)
                        .setLastEventMillis(1))
                .setTrigger(Trigger.TRIGGER_BUDGET_EVENTS)
                .setKind(UpdateKind.UPDATE_KIND_MASK)
                .build());
    }

    private final class Fake implements DeviceModel {
        private final Consumer<float[]> damage;
        private volatile int kept;

        Fake(int kept, Consumer<float[]> damage) {
            this.kept = kept;
            this.damage = damage;
            open.incrementAndGet();
        }

        @Override
        public float[] run(ModelInput input) throws UnusableEventException {
            if (input instanceof ModelInput.Values values && Float.isNaN(values.values()[0])) {
                throw new UnusableEventException(UnusableEventException.Reason.EVALUATION_FAILED, "not a number");
            }
            int before = kept;
            for (int i = 0; i < 200; i++) {
                Thread.onSpinWait();
            }
            int after = kept;
            if (before <= 0 || after <= 0) {
                throw new AssertionError("A closed model was run");
            }
            float[] posterior = {before, after};
            damage.accept(posterior);
            runningDamage.getOrDefault(before, unharmed -> {}).accept(posterior);
            return posterior;
        }

        @Override
        public void close() {
            if (kept <= 0) {
                throw new AssertionError("A model was closed twice");
            }
            kept = -1;
            open.decrementAndGet();
        }
    }
}
