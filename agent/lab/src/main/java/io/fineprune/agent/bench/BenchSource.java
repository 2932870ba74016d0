package io.fineprune.agent.bench;

import io.fineprune.agent.model.SourceMoments;
import io.fineprune.agent.recordings.Recording;
import io.fineprune.agent.recordings.Recordings;
import io.fineprune.agent.source.Payloads;
import io.fineprune.agent.source.SourceModels;
import io.fineprune.agent.tensorflow.TensorFlowModel;
import io.fineprune.schemas.v1.FeatureTensor;
import io.fineprune.schemas.v1.SensorEvent;
import io.fineprune.topology.activation.ModelInput;
import io.fineprune.topology.activation.UnusableEventException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The model and the recordings that are measured on: those that come with the program, VGG-7 on spoken digits. */
record BenchSource(Path modelDirectory, List<SensorEvent> recordings) {
    private static final String RECORDINGS = "spoken-digits-users.zip";
    private static final List<String> MODEL = List.of("saved_model.pb", "model.yaml", SourceMoments.FILE);
    private static final int MAX_RECORDINGS = 400;

    /** Unpacks the model and the recordings into a folder. */
    static BenchSource unpack(Path folder) throws IOException {
        Path model = Files.createDirectories(folder.resolve("model"));
        for (String file : MODEL) {
            unpack("/demo/model/" + file, model.resolve(file));
        }
        Path zip = folder.resolve(RECORDINGS);
        unpack("/demo/" + RECORDINGS, zip);
        List<SensorEvent> events = new ArrayList<>();
        List<Recording> all = Recordings.load(zip);
        int step = Math.max(1, all.size() / MAX_RECORDINGS);
        for (int i = 0; i < all.size(); i += step) {
            events.add(Payloads.of(all.get(i)));
        }
        return new BenchSource(model, List.copyOf(events));
    }

    TensorFlowModel open(int batch) {
        return SourceModels.open(modelDirectory, batch);
    }

    Optional<SourceMoments> moments() throws IOException {
        return SourceMoments.read(modelDirectory);
    }

    /** Returns the recordings, preprocessed for the model. */
    List<ModelInput> inputs(TensorFlowModel model) throws UnusableEventException {
        List<ModelInput> inputs = new ArrayList<>();
        for (SensorEvent recording : recordings) {
            inputs.add(model.prepare(recording));
        }
        return inputs;
    }

    /** Returns the recordings as feature events, as a device sends them that computes its features itself. */
    List<SensorEvent> features(TensorFlowModel model) throws UnusableEventException {
        List<SensorEvent> events = new ArrayList<>();
        for (ModelInput input : inputs(model)) {
            float[] values = ((ModelInput.Values) input).values();
            ByteBuffer bytes = ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
            bytes.asFloatBuffer().put(values);
            FeatureTensor.Builder tensor =
                    FeatureTensor.newBuilder().setValues(com.google.protobuf.ByteString.copyFrom(bytes));
            for (int dimension : model.frozen().inputShape()) {
                tensor.addShape(dimension);
            }
            events.add(SensorEvent.newBuilder().setFeatures(tensor).build());
        }
        return events;
    }

    /** Writes payloads into a file, each preceded by its length. */
    static Path write(Path file, List<SensorEvent> events) throws IOException {
        try (OutputStream out = Files.newOutputStream(file)) {
            for (SensorEvent event : events) {
                event.writeDelimitedTo(out);
            }
        }
        return file;
    }

    private static void unpack(String resource, Path to) throws IOException {
        try (InputStream in = BenchSource.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IOException("this build has no " + resource);
            }
            Files.copy(in, to, StandardCopyOption.REPLACE_EXISTING);
        }
    }
}
