package io.fineprune.agent.tensorflow.train;

import java.util.List;
import java.util.Optional;

/**
 * Shape of the trained network and settings of the training. Immutable.
 *
 * @param height of the input; divisible by 2 once for each pair of convolutions
 * @param width of the input; likewise
 * @param channels of the input; at least 1
 * @param classes at least 2
 * @param convolutions output channels of the 3x3 convolutions; pooled after each pair
 * @param dense units of the dense layer behind them
 * @param batchNorm whether each convolution is followed by a batch norm; folded at export
 * @param epochs at least 1
 * @param batchSize at least 1
 * @param learningRate of Adam, more than 0; falls to a hundredth along a cosine
 * @param seed of initial weights, order and augmentation
 * @param augmentation absent: none
 */
public record TrainingSpec(
        int height,
        int width,
        int channels,
        int classes,
        List<Integer> convolutions,
        int dense,
        boolean batchNorm,
        int epochs,
        int batchSize,
        double learningRate,
        long seed,
        Optional<Augmentation> augmentation) {
    public TrainingSpec {
        convolutions = List.copyOf(convolutions);
        int poolings = convolutions.size() / 2;
        if (poolings > 8 || height < 1 << poolings || width < 1 << poolings || channels < 1 || classes < 2) {
            throw new IllegalArgumentException(
                    "Expected an input of at least %d x %d x 1 and 2 classes, found %d x %d x %d and %d"
                            .formatted(1 << poolings, 1 << poolings, height, width, channels, classes));
        }
        if (convolutions.isEmpty() || convolutions.stream().anyMatch(c -> c < 1) || dense < 1) {
            throw new IllegalArgumentException(
                    "Expected layers of at least one node, found %s and %d".formatted(convolutions, dense));
        }
        if (epochs < 1 || batchSize < 1 || !(learningRate > 0)) {
            throw new IllegalArgumentException(
                    "Expected at least 1 epoch, batches of at least 1 and a learning rate above 0, found %d, %d, %s"
                            .formatted(epochs, batchSize, learningRate));
        }
    }

    /** VGG-7 on 32 x 32 x 1 as in the paper: 32-32-64-64-128-128, dense 256. */
    public static TrainingSpec vgg7(int classes, int epochs, long seed) {
        return new TrainingSpec(
                32,
                32,
                1,
                classes,
                List.of(32, 32, 64, 64, 128, 128),
                256,
                false,
                epochs,
                64,
                1e-3,
                seed,
                Optional.empty());
    }

    public TrainingSpec withBatchNorm(boolean value) {
        return new TrainingSpec(
                height,
                width,
                channels,
                classes,
                convolutions,
                dense,
                value,
                epochs,
                batchSize,
                learningRate,
                seed,
                augmentation);
    }

    public TrainingSpec withAugmentation(Augmentation value) {
        return new TrainingSpec(
                height,
                width,
                channels,
                classes,
                convolutions,
                dense,
                batchNorm,
                epochs,
                batchSize,
                learningRate,
                seed,
                Optional.of(value));
    }

    int inputSize() {
        return Math.multiplyExact(Math.multiplyExact(height, width), channels);
    }
}
