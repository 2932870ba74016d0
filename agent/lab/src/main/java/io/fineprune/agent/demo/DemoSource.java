package io.fineprune.agent.demo;

import io.fineprune.agent.model.SourceMoments;
import io.fineprune.agent.recordings.Recording;
import io.fineprune.agent.recordings.Recordings;
import io.fineprune.agent.source.SourceException;
import io.fineprune.agent.source.SourceModels;
import io.fineprune.agent.source.SourceTraining;
import io.fineprune.agent.tensorflow.TensorFlowModel;
import io.fineprune.agent.tensorflow.train.TrainingProgress;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The recordings and the source model of a demo. */
final class DemoSource {
    private static final String RECORDINGS = "/demo/spoken-digits-users.zip";
    private static final List<String> MODEL = List.of("saved_model.pb", "model.yaml", SourceMoments.FILE);
    private static final String TRAINED_ID = "vgg7";
    private static final int BATCH_EVENTS = 32;
    private static final int TRAINED_USERS = 3;
    private static final int GIVEN_USERS = 4;

    private final DemoOptions options;
    private final Path scratch;
    private final DemoListener listener;

    /**
     * Creates the source without reading anything.
     *
     * @param scratch a folder for what has to be unpacked
     */
    DemoSource(DemoOptions options, Path scratch, DemoListener listener) {
        this.options = options;
        this.scratch = scratch;
        this.listener = listener;
    }

    DemoData data() throws DemoException {
        try {
            Path path = options.data().isPresent()
                    ? options.data().get()
                    : unpack(RECORDINGS, scratch.resolve("spoken-digits-users.zip"));
            boolean trained = options.data().isPresent() && options.model().isEmpty();
            return DemoData.split(
                    Recordings.load(path), options.users(), trained ? TRAINED_USERS : GIVEN_USERS, options.seed());
        } catch (IOException e) {
            throw new DemoException(String.valueOf(e.getMessage()), e);
        }
    }

    /** A source model that the caller closes, and how its nodes behave on the source data, if known. */
    record Opened(TensorFlowModel model, Optional<SourceMoments> moments) {}

    Opened model(DemoData data) throws DemoException {
        try {
            if (options.model().isPresent()) {
                List<Recording> streamed = data.users().values().stream()
                        .flatMap(user -> user.streamed().stream())
                        .toList();
                return new Opened(
                        SourceModels.open(options.model().get(), BATCH_EVENTS, streamed),
                        SourceMoments.read(options.model().get()));
            }
            return options.data().isPresent() ? trained(data) : builtIn();
        } catch (SourceException e) {
            throw new DemoException(String.valueOf(e.getMessage()), e);
        } catch (IOException e) {
            throw new DemoException("Could not unpack what comes with the program: " + e.getMessage(), e);
        }
    }

    private Opened builtIn() throws IOException {
        Path folder = Files.createDirectories(scratch.resolve("model"));
        for (String file : MODEL) {
            unpack("/demo/model/" + file, folder.resolve(file));
        }
        return new Opened(SourceModels.open(folder, BATCH_EVENTS), SourceMoments.read(folder));
    }

    private Opened trained(DemoData data) throws SourceException, DemoException {
        List<String> teachers =
                data.others().stream().map(Recording::user).distinct().toList();
        if (teachers.isEmpty()) {
            throw new DemoException("Expected recordings of at least one user besides %s to train a source model on"
                    .formatted(data.users().keySet()));
        }
        SourceTraining.Trained trained = SourceTraining.train(
                data.others(),
                new SourceTraining.Options(TRAINED_ID, options.epochs(), options.seed(), false, false),
                progress -> listener.progress(text(progress)));
        listener.step(String.format(
                Locale.ROOT,
                "Trained a source model on %d recordings of %s, accuracy on them %.3f",
                data.others().size(),
                String.join(", ", teachers.subList(0, Math.min(teachers.size(), 8))),
                trained.result().accuracy()));
        return new Opened(
                TensorFlowModel.of(trained.descriptor(), trained.result().model(), BATCH_EVENTS),
                Optional.of(trained.moments()));
    }

    private static String text(TrainingProgress progress) {
        return String.format(
                Locale.ROOT,
                "Training a source model: epoch %d of %d, batch %d of %d, accuracy %.3f",
                progress.epoch(),
                progress.epochs(),
                progress.batch(),
                progress.batches(),
                progress.accuracy());
    }

    private static Path unpack(String resource, Path to) throws IOException {
        try (InputStream in = DemoSource.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IOException("this build has no " + resource);
            }
            Files.copy(in, to, StandardCopyOption.REPLACE_EXISTING);
            return to;
        }
    }
}
