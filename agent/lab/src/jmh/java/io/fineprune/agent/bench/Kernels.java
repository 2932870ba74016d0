package io.fineprune.agent.bench;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.fineprune.agent.tensorflow.TensorFlowModel;
import io.fineprune.schemas.serde.MessageSerdes;
import io.fineprune.schemas.serde.PackedLayers;
import io.fineprune.schemas.v1.SensorEvent;
import io.fineprune.schemas.v1.StoredSums;
import io.fineprune.topology.activation.ActivationBatch;
import io.fineprune.topology.activation.ModelInput;
import io.fineprune.topology.lifecycle.EffectiveSettings;
import io.fineprune.topology.pruning.Mask;
import io.fineprune.topology.pruning.PrunableModel;
import io.fineprune.topology.pruning.Pruner;
import io.fineprune.topology.sums.ActivationSums;
import io.fineprune.topology.sums.SumsAccumulator;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/** Times the kernels inside the agent, with VGG-7. Run as a test in the profile jmh. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class Kernels {
    private TensorFlowModel model;
    private PrunableModel prunable;
    private ActivationBatch batch;
    private SumsAccumulator sums;
    private ActivationSums snapshot;
    private StoredSums stored;
    private byte[] storedBytes;
    private byte[] featureEvent;
    private SensorEvent wav;
    private List<PackedLayers.Layer> layers;
    private ByteString packed;

    /** As {@code mvnw verify -Pjmh} runs it. */
    @Test
    void shouldTimeEveryKernel() throws Exception {
        List<RunResult> results = new ArrayList<>(new Runner(new OptionsBuilder()
                        .include(Kernels.class.getName())
                        .forks(0)
                        .warmupIterations(3)
                        .warmupTime(TimeValue.seconds(1))
                        .measurementIterations(5)
                        .measurementTime(TimeValue.seconds(1))
                        .build())
                .run());
        assertThat(results).hasSize(8);
    }

    @Setup
    public void setUp() throws Exception {
        Path folder = Files.createTempDirectory("kernels");
        BenchSource source = BenchSource.unpack(folder);
        model = source.open(32);
        prunable = PrunableModel.of(model);
        List<ModelInput> inputs = source.inputs(model).subList(0, 32);
        batch = model.evaluate(inputs);
        sums = SumsAccumulator.empty(model.architecture());
        for (int e = 0; e < batch.events(); e++) {
            sums.add(batch, e, 1 + e);
        }
        snapshot = sums.snapshot();
        stored = sums.toStored();
        storedBytes = MessageSerdes.storedSums().toBytes(stored);
        wav = source.recordings().get(0);
        featureEvent = source.features(model).get(0).toBuilder()
                .setEventId("e")
                .setDeviceId("d")
                .setUserId("u")
                .setModelId("m")
                .setCapturedAtMillis(1)
                .build()
                .toByteArray();
        Mask mask = Pruner.prune(
                prunable, snapshot, EffectiveSettings.DEFAULT.plan().withSparsity(0.7));
        layers = new ArrayList<>();
        for (int l = 0; l < mask.layers().size(); l++) {
            layers.add(new PackedLayers.Layer(
                    mask.layer(l), model.architecture().layers().get(l).nodes()));
        }
        packed = PackedLayers.pack(layers);
    }

    @TearDown
    public void tearDown() {
        model.close();
    }

    /** One event's row into a user's sums. */
    @Benchmark
    public long fold() {
        sums.add(batch, 0, 1);
        return sums.events();
    }

    @Benchmark
    public byte[] writeSums() {
        return MessageSerdes.storedSums().toBytes(sums.toStored());
    }

    @Benchmark
    public Object readSums() {
        return SumsAccumulator.read(MessageSerdes.storedSums().fromBytes(storedBytes), model.architecture());
    }

    /** Scores and selects 70 % of the nodes. */
    @Benchmark
    public Mask prune() {
        return Pruner.prune(prunable, snapshot, EffectiveSettings.DEFAULT.plan().withSparsity(0.7));
    }

    @Benchmark
    public ByteString packMask() {
        return PackedLayers.pack(layers);
    }

    @Benchmark
    public List<PackedLayers.Layer> unpackMask() {
        return PackedLayers.unpack(packed);
    }

    @Benchmark
    public ModelInput logMel() throws Exception {
        return model.prepare(wav);
    }

    /** Parses and checks a feature event of 4 KB and reads its numbers. */
    @Benchmark
    public ModelInput featureEvent() throws Exception {
        return model.prepare(MessageSerdes.sensorEvent().fromBytes(featureEvent));
    }
}
