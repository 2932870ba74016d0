package io.fineprune.agent.tensorflow.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.fineprune.agent.model.ModelDescriptor;
import io.fineprune.agent.preprocessing.FeatureSpec;
import io.fineprune.agent.tensorflow.RandomNets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DamagedModelTest {
    private static final int DAMAGES = 400;

    @Test
    void shouldImportOrRefuseWhenBytesAreDamaged(@TempDir Path folder) throws Exception {
        RandomNets net = new RandomNets(1, 8, 8, 2);
        String at = net.relu(net.batchNorm(net.convolution("input", 3, 2, 4, 2), 4));
        FrozenModel model = net.imported(net.dense(net.reshape(at, -1, 64), 64, 3));
        SavedModelWriter.write(folder, model, ModelDescriptor.of("m", new FeatureSpec(), List.of("a", "b", "c")));
        Path file = folder.resolve("saved_model.pb");
        byte[] sound = Files.readAllBytes(file);
        SplittableRandom random = new SplittableRandom(7);
        int refused = 0;
        for (int i = 0; i < DAMAGES; i++) {
            byte[] damaged = sound.clone();
            for (int b = random.nextInt(1, 6); b > 0; b--) {
                damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
            }
            Files.write(file, damaged);
            try {
                GraphImporter.load(folder, ImportOptions.DEFAULT);
            } catch (InvalidModelException | UnsupportedModelException e) {
                assertThat(e.getMessage()).isNotBlank();
                refused++;
            } catch (RuntimeException e) {
                fail("Expected a refusal for damage %d, but was %s".formatted(i, e), e);
            }
        }
        assertThat(refused).isGreaterThan(DAMAGES / 10);
    }
}
