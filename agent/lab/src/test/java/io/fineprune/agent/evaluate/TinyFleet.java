package io.fineprune.agent.evaluate;

import io.fineprune.agent.model.ModelDescriptor;
import io.fineprune.agent.preprocessing.ImageSpec;
import io.fineprune.agent.tensorflow.graph.SavedModelWriter;
import io.fineprune.agent.tensorflow.train.ProgressListener;
import io.fineprune.agent.tensorflow.train.Trainer;
import io.fineprune.agent.tensorflow.train.TrainingSpec;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import javax.imageio.ImageIO;

/** Small pictures of three users, and a small model that was trained on pictures of their kind. */
public final class TinyFleet {
    private static final int SIDE = 8;
    private static final List<String> LABELS = List.of("left", "middle", "right");

    private TinyFleet() {}

    /** A bright column at 2 x label among noise, darker by the user's shade. */
    private static int[] pixels(SplittableRandom random, int label, double shade) {
        int[] pixels = new int[SIDE * SIDE];
        for (int p = 0; p < pixels.length; p++) {
            double value = random.nextDouble() * 0.5 + (p % SIDE == 2 * label ? shade : 0);
            pixels[p] = (int) Math.min(255, 255 * value);
        }
        return pixels;
    }

    /** A manifest with 30 pictures for each of three users. */
    public static Path data(Path folder) throws IOException {
        SplittableRandom random = new SplittableRandom(3);
        StringBuilder manifest = new StringBuilder("file,user,label\n");
        String[] users = {"ann", "bob", "eve"};
        for (int u = 0; u < users.length; u++) {
            for (int i = 0; i < 30; i++) {
                BufferedImage image = new BufferedImage(SIDE, SIDE, BufferedImage.TYPE_BYTE_GRAY);
                image.getRaster().setPixels(0, 0, SIDE, SIDE, pixels(random, i % 3, 0.5 - 0.15 * u));
                String name = users[u] + i + ".png";
                ImageIO.write(image, "png", folder.resolve(name).toFile());
                manifest.append(name)
                        .append(',')
                        .append(users[u])
                        .append(',')
                        .append(LABELS.get(i % 3))
                        .append('\n');
            }
        }
        return Files.writeString(folder.resolve("manifest.csv"), manifest);
    }

    public static Path model(Path folder) {
        SplittableRandom random = new SplittableRandom(4);
        float[][] inputs = new float[192][SIDE * SIDE];
        int[] labels = new int[inputs.length];
        for (int i = 0; i < inputs.length; i++) {
            labels[i] = i % 3;
            int[] pixels = pixels(random, labels[i], 0.5);
            for (int p = 0; p < pixels.length; p++) {
                inputs[i][p] = pixels[p] / 255f;
            }
        }
        TrainingSpec spec =
                new TrainingSpec(SIDE, SIDE, 1, 3, List.of(8, 8, 8, 8), 16, false, 8, 16, 3e-3, 7, Optional.empty());
        SavedModelWriter.write(
                folder,
                Trainer.train(spec, inputs, labels, ProgressListener.NONE).model(),
                ModelDescriptor.of("tiny", new ImageSpec(SIDE, SIDE, 1, 1.0 / 255, 0), LABELS));
        return folder;
    }
}
