package io.fineprune.agent.source;

import io.fineprune.agent.model.ModelDescriptor;
import io.fineprune.agent.model.SourceMoments;
import io.fineprune.agent.preprocessing.AudioSpec;
import io.fineprune.agent.preprocessing.ImageSpec;
import io.fineprune.agent.preprocessing.PreprocessingSpec;
import io.fineprune.agent.preprocessing.Preprocessor;
import io.fineprune.agent.preprocessing.Preprocessors;
import io.fineprune.agent.recordings.Recording;
import io.fineprune.agent.tensorflow.TensorFlowModel;
import io.fineprune.agent.tensorflow.graph.FrozenModel;
import io.fineprune.agent.tensorflow.layerwise.Calibration;
import io.fineprune.agent.tensorflow.layerwise.TensorFlowLayerwiseModel;
import io.fineprune.agent.tensorflow.train.Augmentation;
import io.fineprune.agent.tensorflow.train.ProgressListener;
import io.fineprune.agent.tensorflow.train.Trainer;
import io.fineprune.agent.tensorflow.train.TrainingResult;
import io.fineprune.agent.tensorflow.train.TrainingSpec;
import io.fineprune.schemas.v1.SensorEvent;
import io.fineprune.topology.activation.ModelInput;
import io.fineprune.topology.activation.UnusableEventException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Trains a source model of the shape of VGG-7 on labelled recordings of many users. The same recordings and options yield the
 * same model bit for bit.
 */
public final class SourceTraining {
    private static final int SIDE = 32;
    private static final long MAX_EXAMPLES = 100_000;

    private SourceTraining() {}

    /**
     * Options of a training.
     *
     * @param modelId the id that events will name
     * @param batchNorm whether a batch norm follows each convolution
     * @param augment whether recordings are changed at random, for a model that fits more users
     */
    public record Options(String modelId, int epochs, long seed, boolean batchNorm, boolean augment) {}

    /**
     * The result of a training.
     *
     * @param descriptor description of the model, for its model.yaml
     * @param moments moments of the model's nodes on the training recordings
     */
    public record Trained(ModelDescriptor descriptor, TrainingResult result, SourceMoments moments) {}

    /**
     * Trains a model and measures its moments.
     *
     * @param recordings at least one of each of two classes, all audio or all images
     * @throws SourceException if a recording cannot be read, or there are too few classes or too many recordings
     */
    public static Trained train(List<Recording> recordings, Options options, ProgressListener progress)
            throws SourceException {
        List<String> labels =
                recordings.stream().map(Recording::label).distinct().sorted().toList();
        if (labels.size() < 2 || recordings.size() > MAX_EXAMPLES) {
            throw new SourceException(
                    "Expected 2 or more classes and at most %d recordings to train on, but was %d and %d"
                            .formatted(MAX_EXAMPLES, labels.size(), recordings.size()));
        }
        SensorEvent first = read(recordings.get(0));
        PreprocessingSpec spec = preprocessing(first);
        int channels = spec instanceof ImageSpec image ? image.channels() : 1;
        Preprocessor preprocessor = Preprocessors.create(spec, new int[] {SIDE, SIDE, channels});
        float[][] inputs = new float[recordings.size()][];
        int[] classes = new int[inputs.length];
        for (int i = 0; i < inputs.length; i++) {
            inputs[i] = input(preprocessor, recordings.get(i));
            classes[i] = labels.indexOf(recordings.get(i).label());
        }
        TrainingSpec vgg = TrainingSpec.vgg7(labels.size(), options.epochs(), options.seed())
                .withBatchNorm(options.batchNorm());
        TrainingSpec training = new TrainingSpec(
                SIDE,
                SIDE,
                channels,
                vgg.classes(),
                vgg.convolutions(),
                vgg.dense(),
                vgg.batchNorm(),
                vgg.epochs(),
                vgg.batchSize(),
                vgg.learningRate(),
                vgg.seed(),
                vgg.augmentation());
        if (options.augment()) {
            training = training.withAugmentation(Augmentation.moderate());
        }
        ModelDescriptor descriptor = ModelDescriptor.of(options.modelId(), spec, labels);
        TrainingResult result = Trainer.train(training, inputs, classes, progress);
        return new Trained(descriptor, result, moments(descriptor, result.model(), inputs, classes, recordings));
    }

    private static SourceMoments moments(
            ModelDescriptor descriptor, FrozenModel model, float[][] inputs, int[] classes, List<Recording> recordings)
            throws SourceException {
        List<ModelInput> events = Arrays.stream(inputs)
                .map(values -> (ModelInput) new ModelInput.Values(values))
                .toList();
        try (TensorFlowModel trained = TensorFlowModel.of(descriptor, model, TensorFlowModel.DEFAULT_BATCH_SIZE)) {
            return measured(trained, events, classes, recordings);
        }
    }

    /**
     * Measures the moments of a trained model's nodes again.
     *
     * @param model the model to measure; this method closes it
     * @param recordings that it was trained on
     * @throws SourceException if a recording cannot be read
     */
    public static SourceMoments moments(TensorFlowModel model, List<Recording> recordings) throws SourceException {
        try (model) {
            List<ModelInput> events = new ArrayList<>();
            int[] classes = new int[recordings.size()];
            for (int i = 0; i < classes.length; i++) {
                events.add(new ModelInput.Values(input(model::prepare, recordings.get(i))));
                classes[i] =
                        model.architecture().labels().indexOf(recordings.get(i).label());
            }
            return measured(model, events, classes, recordings);
        }
    }

    private static SourceMoments measured(
            TensorFlowModel model, List<ModelInput> events, int[] classes, List<Recording> recordings)
            throws SourceException {
        try (TensorFlowLayerwiseModel layerwise = model.layerwise(Optional.empty())) {
            return Calibration.measure(
                    layerwise,
                    model.inputBands(),
                    events,
                    classes,
                    recordings.stream().map(Recording::user).toList());
        } catch (UnusableEventException e) {
            throw new SourceException("The trained model does not take its own training data: " + e.getMessage(), e);
        }
    }

    private static PreprocessingSpec preprocessing(SensorEvent event) throws SourceException {
        return switch (event.getPayloadCase()) {
            case AUDIO -> AudioSpec.logMel(Math.min(event.getAudio().getSampleRateHz(), 16_000), SIDE, SIDE);
            case IMAGE -> new ImageSpec(SIDE, SIDE, event.getImage().getChannels(), 1.0 / 255, 0);
            default ->
                throw new SourceException("Expected audio or images to train on, but was " + event.getPayloadCase());
        };
    }

    private static float[] input(Preprocessor preprocessor, Recording recording) throws SourceException {
        try {
            if (preprocessor.prepare(read(recording)) instanceof ModelInput.Values values) {
                return values.values();
            }
            throw new SourceException("Expected a preprocessing that makes numbers of recording " + recording.id()
                    + ", but it hands the recording on as it is; train with audio or image preprocessing");
        } catch (UnusableEventException e) {
            throw new SourceException(
                    "Recording %s of user %s: %s".formatted(recording.id(), recording.user(), e.getMessage()), e);
        }
    }

    private static SensorEvent read(Recording recording) throws SourceException {
        try {
            return Payloads.of(recording);
        } catch (IOException e) {
            throw new SourceException(
                    "Recording %s of user %s cannot be read: %s"
                            .formatted(recording.id(), recording.user(), e.getMessage()),
                    e);
        }
    }
}
