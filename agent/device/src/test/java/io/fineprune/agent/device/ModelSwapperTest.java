package io.fineprune.agent.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.fineprune.schemas.serde.MaskChecksum;
import io.fineprune.schemas.v1.AcknowledgementStatus;
import io.fineprune.schemas.v1.MaskAcknowledgement;
import io.fineprune.schemas.v1.MaskUpdate;
import io.fineprune.topology.activation.ModelInput;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class ModelSwapperTest {
    private static final ModelInput INPUT = new ModelInput.Values(new float[1]);
    private static final Clock CLOCK = Clock.fixed(Instant.ofEpochMilli(1_000_000), ZoneOffset.UTC);

    private final FakeModels models = new FakeModels();
    private final BlockingQueue<MaskAcknowledgement> answers = new LinkedBlockingQueue<>();

    private ModelSwapper swapper() {
        return new ModelSwapper("theo", "phone", models, answers::add, CLOCK, Duration.ofSeconds(5));
    }

    private MaskAcknowledgement answer() throws InterruptedException {
        MaskAcknowledgement answer = answers.poll(10, TimeUnit.SECONDS);
        if (answer == null) {
            throw new AssertionError("No acknowledgement came within 10 s");
        }
        return answer;
    }

    @Test
    void shouldRunEveryInferenceUnderOneVersionWhileVersionsChange() throws Exception {
        int versions = 200;
        ExecutorService threads = Executors.newFixedThreadPool(3);
        AtomicBoolean done = new AtomicBoolean();
        try (ModelSwapper swapper = swapper()) {
            Callable<Long> load = () -> {
                long last = 0;
                long runs = 0;
                while (!done.get()) {
                    Inference inference = swapper.infer(INPUT);
                    int kept = inference.version() == 0 ? FakeModels.NODES : 1 + (int) (inference.version() % 8);
                    assertThat(inference.confidence()).isEqualTo((float) kept);
                    assertThat(inference.version()).isGreaterThanOrEqualTo(last);
                    last = inference.version();
                    runs++;
                }
                return runs;
            };
            List<Future<Long>> loads = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                loads.add(threads.submit(load));
            }
            for (int v = 1; v <= versions; v++) {
                swapper.receive(FakeModels.update(v, 1 + v % 8));
            }
            for (int v = 1; v <= versions; v++) {
                MaskAcknowledgement answer = answer();
                assertThat(answer.getVersion()).isEqualTo(v);
                assertThat(answer.getStatus()).isEqualTo(AcknowledgementStatus.ACKNOWLEDGEMENT_STATUS_APPLIED);
                assertThat(answer.getMissedInferences()).isZero();
            }
            done.set(true);
            for (Future<Long> runs : loads) {
                assertThat(runs.get(10, TimeUnit.SECONDS)).isPositive();
            }
            assertThat(swapper.version()).isEqualTo(versions);
            assertThat(swapper.missedInferences()).isZero();
        } finally {
            done.set(true);
            threads.shutdownNow();
        }
        assertThat(models.compactions).hasValue(versions);
        assertThat(models.open).as("models left open").hasValue(0);
    }

    @Test
    void shouldRefuseWithTheReasonAndKeepItsVersion() throws Exception {
        try (ModelSwapper swapper = swapper()) {
            swapper.receive(FakeModels.update(3, 8));
            assertThat(answer().getStatus()).isEqualTo(AcknowledgementStatus.ACKNOWLEDGEMENT_STATUS_APPLIED);
            MaskUpdate sound = FakeModels.update(4, 4);
            refuses(swapper, FakeModels.update(2, 4), "Expected a version above 3, but was 2");
            refuses(swapper, sound.toBuilder().setVersion(5).build(), "checksum");
            refuses(swapper, sealed(sound.toBuilder().setUserId("lucas")), "user theo");
            refuses(swapper, sealed(sound.toBuilder().setModelId("other")), "model fake");
            refuses(
                    swapper,
                    sealed(sound.toBuilder().setModelFingerprint(ByteString.copyFrom(new byte[32]))),
                    "fingerprint");
            refuses(swapper, sealed(sound.toBuilder().clearLayers()), "Expected 1 layers, but was 0");
            refuses(
                    swapper,
                    sealed(sound.toBuilder()
                            .setLayers(0, sound.getLayers(0).toBuilder().setSize(15))),
                    "layer hidden of size 16");
            refuses(
                    swapper,
                    sealed(sound.toBuilder()
                            .setLayers(0, sound.getLayers(0).toBuilder().setKept(ByteString.copyFrom(new byte[2])))),
                    "something left of layer hidden");
            assertThat(swapper.infer(INPUT).version()).isEqualTo(3);
            swapper.receive(FakeModels.update(3, 8));
            assertThat(answer().getStatus()).isEqualTo(AcknowledgementStatus.ACKNOWLEDGEMENT_STATUS_APPLIED);
        }
    }

    @Test
    void shouldGoOnWithTheMaskedModelWhenItCannotBeCompacted() throws Exception {
        models.compactionFails = true;
        try (ModelSwapper swapper = swapper()) {
            swapper.receive(FakeModels.update(1, 8));
            assertThat(answer().getStatus()).isEqualTo(AcknowledgementStatus.ACKNOWLEDGEMENT_STATUS_APPLIED);
            assertThat(swapper.infer(INPUT))
                    .extracting(Inference::version, Inference::confidence)
                    .containsExactly(1L, 8f);
            assertThat(swapper.compacted()).isFalse();
        }
    }

    @Test
    void shouldFailClearlyWhenClosed() {
        ModelSwapper swapper = swapper();
        swapper.close();
        swapper.receive(FakeModels.update(1, 8));
        assertThatThrownBy(() -> swapper.infer(INPUT)).hasMessageContaining("closed");
        assertThat(answers).isEmpty();
        assertThat(models.open).hasValue(0);
    }

    private void refuses(ModelSwapper swapper, MaskUpdate update, String reason) throws Exception {
        swapper.receive(update);
        MaskAcknowledgement answer = answer();
        assertThat(answer.getStatus()).isEqualTo(AcknowledgementStatus.ACKNOWLEDGEMENT_STATUS_REFUSED);
        assertThat(answer.getReason()).contains(reason);
        assertThat(swapper.version()).isEqualTo(3);
    }

    private static MaskUpdate sealed(MaskUpdate.Builder update) {
        return MaskChecksum.seal(update.build());
    }
}
