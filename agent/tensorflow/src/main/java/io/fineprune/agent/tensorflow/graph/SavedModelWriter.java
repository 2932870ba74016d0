package io.fineprune.agent.tensorflow.graph;

import io.fineprune.agent.model.ModelDescriptor;
import io.fineprune.agent.model.ModelDirectory;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.SavedModel;
import org.tensorflow.proto.SignatureDef;
import org.tensorflow.proto.TensorInfo;
import org.tensorflow.proto.TensorShapeProto;

/**
 * Writes a model directory: saved_model.pb, which holds constants only and is called by its signature serving_default (input
 * {@code input}, output {@code output}), and model.yaml. TensorFlow in any language loads it.
 */
public final class SavedModelWriter {
    private static final String PREDICT = "tensorflow/serving/predict";

    private SavedModelWriter() {}

    /**
     * Writes a model; files of the same names are replaced.
     *
     * @param descriptor its graph, signature, input and output are not used
     */
    public static ModelDirectory write(Path directory, FrozenModel model, ModelDescriptor descriptor) {
        try {
            Files.createDirectories(directory);
            Path partial = directory.resolve("saved_model.pb.partial");
            try (OutputStream out = Files.newOutputStream(partial)) {
                FrozenModel.write(savedModel(model), out);
            }
            Files.move(partial, directory.resolve("saved_model.pb"), StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot write a model to " + directory, e);
        }
        return ModelDirectory.write(
                directory, ModelDescriptor.of(descriptor.id(), descriptor.preprocessing(), descriptor.labels()));
    }

    private static SavedModel savedModel(FrozenModel model) {
        long[] input = model.encoded() ? new long[0] : concat(model.fixedBatch().orElse(-1), model.inputShape());
        SignatureDef signature = SignatureDef.newBuilder()
                .setMethodName(PREDICT)
                .putInputs(
                        "input", info(model.input(), model.encoded() ? DataType.DT_STRING : DataType.DT_FLOAT, input))
                .putOutputs("output", info(model.posterior(), DataType.DT_FLOAT, new long[] {
                    model.fixedBatch().orElse(-1), model.classes()
                }))
                .build();
        return SavedModel.newBuilder()
                .setSavedModelSchemaVersion(1)
                .addMetaGraphs(MetaGraphDef.newBuilder()
                        .setMetaInfoDef(MetaGraphDef.MetaInfoDef.newBuilder()
                                .addTags("serve")
                                .setTensorflowVersion("2.18.0"))
                        .setGraphDef(model.graph())
                        .putSignatureDef("serving_default", signature))
                .build();
    }

    private static long[] concat(long batch, int[] shape) {
        long[] dims = new long[shape.length + 1];
        dims[0] = batch;
        Arrays.setAll(dims, i -> i == 0 ? batch : shape[i - 1]);
        return dims;
    }

    private static TensorInfo info(TensorRef tensor, DataType type, long[] dims) {
        TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
        for (long dim : dims) {
            shape.addDim(TensorShapeProto.Dim.newBuilder().setSize(dim));
        }
        return TensorInfo.newBuilder()
                .setName(tensor.node() + ":" + tensor.index())
                .setDtype(type)
                .setTensorShape(shape)
                .build();
    }
}
