package io.fineprune.agent.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fineprune.schemas.v1.AcknowledgementStatus;
import io.fineprune.schemas.v1.MaskAcknowledgement;
import io.fineprune.topology.activation.ModelInput;
import io.fineprune.topology.activation.UnusableEventException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What a device does with models that do not compute what they should. */
class RollbackTest {
    private static final ModelInput INPUT = new ModelInput.Values(new float[] {1});
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

    private void applies(ModelSwapper swapper, long version, int kept) throws InterruptedException {
        swapper.receive(FakeModels.update(version, kept));
        MaskAcknowledgement answer = answer();
        assertThat(answer.getStatus()).isEqualTo(AcknowledgementStatus.ACKNOWLEDGEMENT_STATUS_APPLIED);
        assertThat(answer.getRunningVersion()).isEqualTo(version);
    }

    private void rolledBack(long version, long running, String reason) throws InterruptedException {
        MaskAcknowledgement answer = answer();
        assertThat(answer.getStatus()).isEqualTo(AcknowledgementStatus.ACKNOWLEDGEMENT_STATUS_ROLLED_BACK);
        assertThat(answer.getVersion()).isEqualTo(version);
        assertThat(answer.getRunningVersion()).isEqualTo(running);
        assertThat(answer.getReason()).contains(reason);
    }

    @Test
    void shouldGoBackToTheVersionBeforeWhenTheCompactedModelAnswersOtherwise() throws Exception {
        try (ModelSwapper swapper = swapper()) {
            applies(swapper, 1, 8);
            settle(swapper);
            swapper.infer(INPUT);
            models.damageCompaction(posterior -> posterior[1] += 0.25f);
            applies(swapper, 2, 4);
            rolledBack(2, 1, "expected the masked model's 4.0 for class 1, but was 4.25");
            assertThat(swapper.infer(INPUT))
                    .extracting(Inference::version, Inference::confidence)
                    .containsExactly(1L, 8f);
            assertThat(swapper.rollbacks()).isEqualTo(1);
            assertThat(swapper.compacted()).as("version 1 was compacted before").isTrue();

            swapper.receive(FakeModels.update(2, 4));
            MaskAcknowledgement again = answer();
            assertThat(again.getStatus()).isEqualTo(AcknowledgementStatus.ACKNOWLEDGEMENT_STATUS_REFUSED);
            assertThat(again.getReason()).startsWith("Version 2 was rolled back here");
            assertThat(again.getRunningVersion()).isEqualTo(1);

            models.damageCompaction(posterior -> {});
            applies(swapper, 3, 5);
            assertThat(swapper.infer(INPUT).version()).isEqualTo(3);
        }
        assertThat(models.open).as("models left open").hasValue(0);
    }

    @Test
    void shouldCheckTheCompactedModelEvenIfNothingWasAnsweredYet() throws Exception {
        models.damageCompaction(posterior -> posterior[0] = Float.NaN);
        try (ModelSwapper swapper = swapper()) {
            applies(swapper, 1, 8);
            rolledBack(1, 0, "expected a finite posterior, but was NaN");
            assertThat(swapper.version()).isZero();
        }
        assertThat(models.open).hasValue(0);
    }

    @Test
    void shouldRefuseBeforeItRunsWhenTheMaskedModelDoesNotAnswer() throws Exception {
        models.damageMasked(posterior -> posterior[1] = Float.POSITIVE_INFINITY);
        try (ModelSwapper swapper = swapper()) {
            swapper.receive(FakeModels.update(1, 8));
            MaskAcknowledgement answer = answer();
            assertThat(answer.getStatus()).isEqualTo(AcknowledgementStatus.ACKNOWLEDGEMENT_STATUS_REFUSED);
            assertThat(answer.getReason()).startsWith("Self-check: expected a finite posterior, but was Infinity");
            assertThat(answer.getRunningVersion()).isZero();
            assertThat(swapper.version()).isZero();
        }
        assertThat(models.open).hasValue(0);
    }

    @Test
    void shouldAnswerWithTheVersionBeforeAndThenGoBackWhenTheModelFailsLater() throws Exception {
        try (ModelSwapper swapper = swapper()) {
            applies(swapper, 1, 8);
            applies(swapper, 2, 4);
            settle(swapper);
            models.damageRunning(4, posterior -> posterior[0] = Float.NaN);
            for (int i = 0; i < 2; i++) {
                assertThat(swapper.infer(INPUT).version()).as("answered by").isEqualTo(1);
                assertThat(swapper.version()).as("in force").isEqualTo(2);
            }
            assertThat(swapper.infer(INPUT).version()).isEqualTo(1);
            rolledBack(2, 1, "Failed while running: Expected a finite posterior of version 2, but was NaN");
            assertThat(swapper.version()).isEqualTo(1);
            assertThat(swapper.missedInferences()).isZero();
        }
        assertThat(models.open).hasValue(0);
    }

    @Test
    void shouldFallBackToTheSourceModelWhenTheVersionBeforeFailsToo() throws Exception {
        try (ModelSwapper swapper = swapper()) {
            applies(swapper, 1, 8);
            applies(swapper, 2, 4);
            settle(swapper);
            models.damageRunning(4, posterior -> posterior[0] = Float.NaN);
            for (int i = 0; i < 3; i++) {
                swapper.infer(INPUT);
            }
            rolledBack(2, 1, "version 2");
            models.damageRunning(8, posterior -> posterior[0] = Float.NaN);
            for (int i = 0; i < 3; i++) {
                assertThat(swapper.infer(INPUT).version()).isZero();
            }
            rolledBack(1, 0, "version 1");
        }
        assertThat(models.open).hasValue(0);
    }

    @Test
    void shouldBlameTheInputWhenBothVersionsFailOnIt() throws Exception {
        try (ModelSwapper swapper = swapper()) {
            applies(swapper, 1, 8);
            settle(swapper);
            ModelInput broken = new ModelInput.Values(new float[] {Float.NaN});
            for (int i = 0; i < 20; i++) {
                assertThatThrownBy(() -> swapper.infer(broken)).isInstanceOf(UnusableEventException.class);
            }
            assertThat(swapper.infer(INPUT).version()).isEqualTo(1);
            assertThat(swapper.rollbacks()).isZero();
        }
    }

    @Test
    void shouldLoseNoInferenceWhenModelsFailUnderLoad() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(3);
        CountDownLatch warm = new CountDownLatch(3);
        try (ModelSwapper swapper = swapper()) {
            applies(swapper, 1, 8);
            applies(swapper, 2, 4);
            settle(swapper);
            Callable<Long> load = () -> {
                long ofVersionOne = 0;
                for (int i = 0; i < 20_000; i++) {
                    if (i == 1000) {
                        warm.countDown();
                    }
                    Inference inference = swapper.infer(INPUT);
                    ofVersionOne += inference.version() == 1 ? 1 : 0;
                }
                return ofVersionOne;
            };
            List<Future<Long>> loads = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                loads.add(threads.submit(load));
            }
            warm.await();
            models.damageRunning(4, posterior -> posterior[0] = Float.NaN);
            for (Future<Long> inferences : loads) {
                assertThat(inferences.get(30, TimeUnit.SECONDS)).isPositive();
            }
            rolledBack(2, 1, "version 2");
            assertThat(answers).isEmpty();
        } finally {
            threads.shutdownNow();
        }
        assertThat(models.open).hasValue(0);
    }

    private static void settle(ModelSwapper swapper) {
        while (!swapper.settled()) {
            Thread.onSpinWait();
        }
    }
}
