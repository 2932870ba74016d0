package io.fineprune.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.fineprune.agent.model.ModelDirectory;
import io.fineprune.agent.preprocessing.EncodedSpec;
import io.fineprune.agent.preprocessing.FeatureSpec;
import io.fineprune.agent.preprocessing.ImageSpec;
import io.fineprune.agent.tensorflow.RandomNets;
import io.fineprune.agent.tensorflow.SharedModels;
import io.fineprune.agent.tensorflow.TensorFlowModel;
import io.fineprune.agent.tensorflow.graph.NodeBuilder;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tensorflow.proto.DataType;

class ImportCommandTest {
    @TempDir
    private Path folder = Path.of("");

    private Path frozen() throws IOException {
        RandomNets net = new RandomNets(1, 12, 12, 1);
        String at = net.relu(net.batchNorm(net.convolution("input", 3, 1, 6, 2), 6));
        return written(net, net.unary("Softmax", net.dense(net.reshape(at, -1, 216), 216, 4)));
    }

    /** Nothing else reads the output, so that its name need not be given. */
    private Path written(RandomNets net, String output) throws IOException {
        net.graph().prune(List.of(io.fineprune.agent.tensorflow.graph.TensorRef.of(output)));
        return Files.write(folder.resolve("Net 1.pb"), net.graph().toGraphDef().toByteArray());
    }

    @Test
    void shouldWriteAModelDirectoryWhenAFrozenGraphIsSound() throws Exception {
        Path out = folder.resolve("out");
        Path labels = Files.writeString(folder.resolve("names.txt"), "crane\ncrow\n\ncrane\nowl\n");
        Run run = Run.of("import", frozen(), "--out", out, "--labels", labels, "--image", "-1,1");
        assertThat(run.err()).isEmpty();
        assertThat(run.exitCode()).isZero();
        assertThat(run.out()).contains("input 12x12x1", "4 classes", "2 layers", "tolerance 1e-04");

        ModelDirectory directory = ModelDirectory.open(out);
        assertThat(directory.descriptor().id()).isEqualTo("Net-1");
        assertThat(directory.descriptor().labels()).containsExactly("crane", "crow", "crane (2)", "owl");
        assertThat(directory.descriptor().preprocessing()).isEqualTo(new ImageSpec(12, 12, 1, 2 / 255.0, -1));
        try (TensorFlowModel model = TensorFlowModel.open(directory)) {
            assertThat(run.out()).contains(model.architecture().fingerprint());
        }
    }

    @Test
    void shouldNameOperationAndNodeWhenUnsupported() throws Exception {
        RandomNets net = new RandomNets(1, 6, 6);
        net.graph()
                .add(NodeBuilder.ofFloat("MatrixInverse", "turn/around")
                        .input("input")
                        .build());
        Path file = written(net, net.dense(net.reshape("turn/around", -1, 36), 36, 4));
        Run run = Run.of("import", file, "--out", folder.resolve("out"));
        assertThat(run.exitCode()).isEqualTo(3);
        assertThat(run.err()).startsWith("Unsupported operation MatrixInverse in node turn/around: ");
        assertThat(folder.resolve("out")).doesNotExist();
    }

    @Test
    void shouldNameOperationAndNodeWhenADilatedConvolutionMixesEventsAndPositions() throws Exception {
        RandomNets net = new RandomNets(1, 8, 8, 1);
        String wide = net.batched("SpaceToBatchND", net.relu(net.convolution("input", 3, 1, 4, 1)), "paddings");
        String narrow = net.batched("BatchToSpaceND", net.relu(net.convolution(wide, 3, 4, 4, 1)), "crops");
        Path file = written(net, net.dense(net.mean(narrow, false), 4, 3));
        Run run = Run.of("import", file, "--out", folder.resolve("out"));
        assertThat(run.exitCode()).isEqualTo(3);
        assertThat(run.err()).startsWith("Unsupported operation Relu in node ").contains("dilated");
    }

    @Test
    void shouldRefuseToReadFilesWhenTheGraphAsksForIt() throws Exception {
        RandomNets net = new RandomNets(1, 8);
        Path secret = Files.writeString(folder.resolve("secret"), "1 2 3 4 5 6 7 8");
        net.graph().add(NodeBuilder.of("ReadFile", "spy").input("name").build());
        net.graph()
                .add(NodeBuilder.of("Const", "name")
                        .type("dtype", DataType.DT_STRING)
                        .attribute(
                                "value",
                                org.tensorflow.proto.AttrValue.newBuilder()
                                        .setTensor(org.tensorflow.proto.TensorProto.newBuilder()
                                                .setDtype(DataType.DT_STRING)
                                                .addStringVal(
                                                        com.google.protobuf.ByteString.copyFromUtf8(secret.toString())))
                                        .build())
                        .build());
        net.graph()
                .add(NodeBuilder.of("DecodeRaw", "raw")
                        .input("spy")
                        .type("out_type", DataType.DT_FLOAT)
                        .build());
        Path file = written(net, net.dense(net.binary("AddV2", "input", "raw"), 8, 4));
        Run run = Run.of("import", file, "--out", folder.resolve("out"));
        assertThat(run.exitCode()).isEqualTo(3);
        assertThat(run.err()).startsWith("Unsupported operation ReadFile in node spy: it touches files");
    }

    @Test
    void shouldNameWhatFailsWhenTheFileIsDamaged() throws Exception {
        Path file = frozen();
        byte[] bytes = Files.readAllBytes(file);
        for (int length : new int[] {0, 1, bytes.length / 3, bytes.length - 1}) {
            Files.write(file, Arrays.copyOf(bytes, length));
            Run run = Run.of("import", file, "--out", folder.resolve("out"));
            assertThat(run.exitCode()).as("%d bytes", length).isEqualTo(1);
            assertThat(run.err()).startsWith("Expected ").contains(file.toString());
        }
        Run missing = Run.of("import", folder.resolve("none"), "--out", folder.resolve("out"));
        assertThat(missing.exitCode()).isEqualTo(1);
        assertThat(missing.err()).contains("no such file");
    }

    @Test
    void shouldNotReadAFileWhenItIsTooLarge() throws Exception {
        Path file = folder.resolve("huge.pb");
        try (RandomAccessFile huge = new RandomAccessFile(file.toFile(), "rw")) {
            huge.setLength(1L << 33);
        }
        Run run = Run.of("import", file, "--out", folder.resolve("out"));
        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err()).contains("at most", "8589934592");
    }

    @Test
    void shouldExplainFlagsWhenTheyDoNotFitTheModel() throws Exception {
        Path file = frozen();
        Path out = folder.resolve("out");
        Path labels = Files.writeString(folder.resolve("names.txt"), "a\nb\n");
        Run wrongLabels = Run.of("import", file, "--out", out, "--labels", labels);
        assertThat(wrongLabels.exitCode()).isEqualTo(2);
        assertThat(wrongLabels.err()).contains("Expected 4 labels", "was 2");
        Run wrongAudio = Run.of("import", file, "--out", out, "--audio", "keyword-spotting");
        assertThat(wrongAudio.exitCode()).isEqualTo(2);
        assertThat(wrongAudio.err()).contains("[49, 10]", "[12, 12, 1]");
        Run twoInputs = Run.of("import", file, "--out", out, "--inputs", "a,b");
        assertThat(twoInputs.exitCode()).isEqualTo(3);
        assertThat(twoInputs.err()).startsWith("Unsupported: 2 inputs [a, b]");
        Run unknownOutput = Run.of("import", file, "--out", out, "--outputs", "nothing");
        assertThat(unknownOutput.exitCode()).isEqualTo(1);
        assertThat(unknownOutput.err()).contains("nothing");
        assertThat(out).doesNotExist();
    }

    @Test
    void shouldTakePreprocessingFromAFileWhenGiven() throws Exception {
        Path yaml = Files.writeString(
                folder.resolve("p.yaml"),
                "type: image\nwidth: 12\nheight: 12\nchannels: 1\nscale: 0.5\noffset: 0.25\n");
        Path out = folder.resolve("out");
        assertThat(Run.of("import", frozen(), "--out", out, "--preprocessing", yaml, "--id", "m")
                        .exitCode())
                .isZero();
        assertThat(ModelDirectory.open(out).descriptor().preprocessing())
                .isEqualTo(new ImageSpec(12, 12, 1, 0.5, 0.25));
        Files.writeString(yaml, "type: image\nwidth: 0\n");
        Run wrong = Run.of("import", frozen(), "--out", out, "--preprocessing", yaml);
        assertThat(wrong.exitCode()).isEqualTo(2);
        assertThat(wrong.err()).contains("p.yaml", "height");
    }

    @ParameterizedTest
    @CsvSource({
        "mnist_conv, 10",
        "mobilenet_v1_025_128, 1001",
        "kws_ref_model, 12",
        "kws_pb/DS_CNN_S.pb, 12",
        "kws_pb/CNN_S.pb, 12",
        "kws_pb/DNN_S.pb, 12"
    })
    void shouldImportWhenModelIsReal(String name, int classes) {
        Path out = folder.resolve("out");
        Run run = Run.of("import", SharedModels.find(name), "--out", out);
        assertThat(run.err()).isEmpty();
        assertThat(run.exitCode()).isZero();
        assertThat(run.out()).contains("Equal to the original within");
        ModelDirectory directory = ModelDirectory.open(out);
        assertThat(directory.descriptor().labels()).hasSize(classes);
        assertThat(directory.descriptor().preprocessing())
                .isInstanceOf(name.endsWith(".pb") ? EncodedSpec.class : FeatureSpec.class);
    }
}
