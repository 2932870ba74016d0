package io.fineprune.agent.tensorflow.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fineprune.agent.model.ModelDescriptor;
import io.fineprune.agent.model.ModelDirectory;
import io.fineprune.agent.preprocessing.FeatureSpec;
import io.fineprune.agent.tensorflow.TensorFlowModel;
import io.fineprune.agent.tensorflow.graph.SavedModelWriter;
import io.fineprune.topology.activation.ActivationBatch;
import io.fineprune.topology.activation.ModelInput;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TrainerTest {
    private static final int SIDE = 8;

    private static TrainingSpec spec(boolean batchNorm, Optional<Augmentation> augmentation) {
        return new TrainingSpec(SIDE, SIDE, 1, 3, List.of(4, 4, 8, 8), 16, batchNorm, 12, 16, 3e-3, 7, augmentation);
    }

    /** Class c: a bright bar at row or column 2 c among noise. */
    private static float[][] inputs(int count, long seed, int[] labels) {
        SplittableRandom random = new SplittableRandom(seed);
        float[][] inputs = new float[count][SIDE * SIDE];
        for (int i = 0; i < count; i++) {
            labels[i] = random.nextInt(3);
            for (int p = 0; p < SIDE * SIDE; p++) {
                inputs[i][p] = (float) (random.nextDouble() - 0.5 + (p % SIDE == 2 * labels[i] ? 1 : 0));
            }
        }
        return inputs;
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldRecogniseUnseenExamplesWhenTrained(boolean batchNorm, @TempDir Path folder) throws Exception {
        int[] labels = new int[256];
        float[][] inputs = inputs(256, 1, labels);
        List<TrainingProgress> progress = new ArrayList<>();
        TrainingResult result = Trainer.train(spec(batchNorm, Optional.empty()), inputs, labels, progress::add);
        assertThat(progress).hasSize(12 * 16);
        assertThat(result.accuracy()).isGreaterThan(0.9);
        assertThat(result.loss()).isLessThan(progress.get(15).loss());

        ModelDirectory directory = SavedModelWriter.write(
                folder,
                result.model(),
                ModelDescriptor.of("bars", new FeatureSpec(), List.of("left", "middle", "right")));
        int[] unseen = new int[100];
        float[][] others = inputs(100, 2, unseen);
        try (TensorFlowModel model = TensorFlowModel.open(ModelDirectory.open(directory.path()))) {
            assertThat(model.architecture().fingerprint())
                    .isEqualTo(result.model().fingerprint());
            List<ModelInput> batch = new ArrayList<>();
            for (float[] input : others) {
                batch.add(new ModelInput.Values(input));
            }
            ActivationBatch evaluated = model.evaluate(batch);
            int correct = 0;
            for (int i = 0; i < unseen.length; i++) {
                correct += evaluated.predictedClass(i) == unseen[i] ? 1 : 0;
            }
            assertThat(correct).isGreaterThan(90);
        }
    }

    @Test
    void shouldMakeTheSameModelWhenSeedIsTheSame() {
        int[] labels = new int[64];
        float[][] inputs = inputs(64, 3, labels);
        TrainingSpec spec = spec(true, Optional.of(Augmentation.moderate()));
        String first = Trainer.train(spec, inputs, labels, ProgressListener.NONE)
                .model()
                .fingerprint();
        String again = Trainer.train(spec, inputs, labels, ProgressListener.NONE)
                .model()
                .fingerprint();
        assertThat(again).isEqualTo(first);
    }

    @Test
    void shouldRefuseWhenALabelIsOutOfRange() {
        int[] labels = new int[4];
        float[][] inputs = inputs(4, 3, labels);
        labels[2] = 3;
        assertThatThrownBy(() -> Trainer.train(spec(false, Optional.empty()), inputs, labels, ProgressListener.NONE))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("Expected labels 0 to 2, found 3 for example 2");
    }
}
