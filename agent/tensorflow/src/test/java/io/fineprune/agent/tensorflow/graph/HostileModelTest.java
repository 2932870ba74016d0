package io.fineprune.agent.tensorflow.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.fineprune.agent.tensorflow.RandomNets;
import io.fineprune.agent.tensorflow.SharedModels;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.CollectionDef;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.FunctionDef;
import org.tensorflow.proto.FunctionDefLibrary;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.NameAttrList;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.OpDef;
import org.tensorflow.proto.SavedModel;
import org.tensorflow.proto.TensorProto;
import org.tensorflow.proto.TensorShapeProto;

class HostileModelTest {
    @TempDir
    private Path folder;

    private static RandomNets net() {
        return new RandomNets(1, 8);
    }

    private static FrozenModel load(RandomNets net, String output) {
        return GraphImporter.load(net.graph().toGraphDef(), TensorRef.of("input"), TensorRef.of(output));
    }

    private static NodeDef string(String name, String value) {
        TensorProto tensor = TensorProto.newBuilder()
                .setDtype(DataType.DT_STRING)
                .setTensorShape(TensorShapeProto.getDefaultInstance())
                .addStringVal(ByteString.copyFromUtf8(value))
                .build();
        return NodeBuilder.of("Const", name)
                .type("dtype", DataType.DT_STRING)
                .attribute("value", AttrValue.newBuilder().setTensor(tensor).build())
                .build();
    }

    @Test
    void shouldNameOperationAndNodeWhenAFileIsRead() {
        RandomNets net = net();
        net.graph().add(string("path", "/etc/passwd"));
        net.graph().add(NodeBuilder.of("ReadFile", "spy").input("path").build());
        net.graph()
                .add(NodeBuilder.of("DecodeRaw", "raw")
                        .input("spy")
                        .type("out_type", DataType.DT_FLOAT)
                        .build());
        String out = net.binary("AddV2", net.dense("input", 8, 3), "raw");
        assertThatThrownBy(() -> load(net, out))
                .isInstanceOf(UnsupportedModelException.class)
                .hasMessageStartingWith("Unsupported operation ReadFile in node spy")
                .hasMessageContaining("export the model");
    }

    @ParameterizedTest
    @ValueSource(strings = {"PyFunc", "While", "SaveV2", "TensorListReserve", "NoSuchOperation"})
    void shouldRefuseByNameWhenAnOperationIsNotTaken(String op) {
        RandomNets net = net();
        net.graph().add(NodeBuilder.of(op, "culprit").input("input").build());
        String out = net.binary("AddV2", net.dense("input", 8, 3), "culprit");
        assertThatThrownBy(() -> load(net, out))
                .isInstanceOf(UnsupportedModelException.class)
                .hasMessageStartingWith("Unsupported operation " + op + " in node culprit");
    }

    /** A loop as TensorFlow 1 writes recurrent layers: a circle through Merge and NextIteration. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldRefuseByNameWhenTheGraphLoops(boolean named) throws IOException {
        RandomNets net = net();
        FlatGraph graph = net.graph();
        graph.add(NodeBuilder.ofFloat("Enter", "rnn/while/Enter")
                .input("input")
                .text("frame_name", "rnn/while")
                .build());
        graph.add(NodeBuilder.ofFloat("Merge", "rnn/while/Merge")
                .input("rnn/while/Enter")
                .input("rnn/while/NextIteration")
                .number("N", 2)
                .build());
        graph.add(NodeBuilder.ofFloat("Tanh", "rnn/while/Tanh")
                .input("rnn/while/Merge")
                .build());
        graph.add(NodeBuilder.ofFloat("NextIteration", "rnn/while/NextIteration")
                .input("rnn/while/Tanh")
                .build());
        graph.add(NodeBuilder.ofFloat("Exit", "rnn/while/Exit")
                .input("rnn/while/Tanh")
                .build());
        graph.add(NodeBuilder.placeholder("unused_control_flow_input", DataType.DT_FLOAT, 1));
        String out = net.dense("rnn/while/Exit", 8, 3);
        Path file = Files.write(folder.resolve("rnn.pb"), graph.toGraphDef().toByteArray());
        ImportOptions options = named
                ? new ImportOptions(Optional.empty(), Optional.of("input"), Optional.of(out))
                : ImportOptions.DEFAULT;
        assertThatThrownBy(() -> GraphImporter.load(file, options))
                .isInstanceOf(UnsupportedModelException.class)
                .hasMessageMatching(
                        "Unsupported operation \\w+ in node rnn/while/\\w+: loops and branches are not taken.*");
    }

    /** As Keras writes a dense layer on more than two dimensions: its shapes are computed from that of its input. */
    @Test
    void shouldImportWhenShapesAreComputedFromTheBatch() {
        RandomNets net = new RandomNets(1, 1, 1, 6);
        FlatGraph graph = net.graph();
        graph.add(NodeBuilder.ofFloat("Shape", "shape")
                .input("input")
                .type("out_type", DataType.DT_INT32)
                .build());
        graph.add(Constants.integers("free", new int[] {3}, 0, 1, 2));
        graph.add(Constants.integers("zero", new int[0], 0));
        graph.add(Constants.integers("only", new int[] {1}, 0));
        graph.add(NodeBuilder.of("GatherV2", "sizes")
                .input("shape")
                .input("free")
                .input("zero")
                .type("Tparams", DataType.DT_INT32)
                .type("Tindices", DataType.DT_INT32)
                .type("Taxis", DataType.DT_INT32)
                .build());
        graph.add(NodeBuilder.of("Prod", "rows")
                .input("sizes")
                .input("only")
                .type("T", DataType.DT_INT32)
                .type("Tidx", DataType.DT_INT32)
                .build());
        graph.add(Constants.integers("width", new int[0], 6));
        graph.add(NodeBuilder.of("Pack", "target")
                .input("rows")
                .input("width")
                .type("T", DataType.DT_INT32)
                .number("N", 2)
                .number("axis", 0)
                .build());
        graph.add(NodeBuilder.ofFloat("Reshape", "flat")
                .input("input")
                .input("target")
                .type("Tshape", DataType.DT_INT32)
                .build());
        String out = net.dense(net.relu(net.dense("flat", 6, 5)), 5, 3);
        FrozenModel model = load(net, out);
        assertThat(model.graph().getNodeList()).noneMatch(node -> node.getOp().equals("GatherV2"));
        assertThat(io.fineprune.agent.tensorflow.units.Network.of(model).layers())
                .hasSize(2);
    }

    @Test
    void shouldRefuseWhenChannelsComeFirst() {
        RandomNets net = new RandomNets(1, 3, 8, 8);
        String conv = net.convolution("input", 3, 8, 4, 1);
        NodeDef first = net.graph().nodes().stream()
                .filter(node -> node.getOp().equals("Conv2D"))
                .findFirst()
                .orElseThrow();
        net.graph()
                .put(first.toBuilder()
                        .putAttr(
                                "data_format",
                                AttrValue.newBuilder()
                                        .setS(ByteString.copyFromUtf8("NCHW"))
                                        .build())
                        .build());
        assertThatThrownBy(() -> load(net, net.mean(conv, false)))
                .isInstanceOf(UnsupportedModelException.class)
                .hasMessageContaining("NCHW")
                .hasMessageContaining("channels last");
    }

    @Test
    void shouldRefuseWhenBatchNormIsInTraining() {
        RandomNets net = new RandomNets(1, 8, 8, 2);
        String norm = net.batchNorm(net.convolution("input", 3, 2, 4, 1), 4);
        net.graph()
                .put(net.graph().node(norm).toBuilder()
                        .putAttr(
                                "is_training", AttrValue.newBuilder().setB(true).build())
                        .build());
        assertThatThrownBy(() -> load(net, net.mean(norm, false)))
                .isInstanceOf(UnsupportedModelException.class)
                .hasMessageStartingWith("Unsupported operation FusedBatchNormV3 in node " + norm);
    }

    @Test
    void shouldAllocateNothingWhenAConstantClaimsToBeHuge() {
        RandomNets net = net();
        TensorProto huge = TensorProto.newBuilder()
                .setDtype(DataType.DT_FLOAT)
                .setTensorShape(TensorShapeProto.newBuilder()
                        .addDim(TensorShapeProto.Dim.newBuilder().setSize(1L << 40)))
                .addFloatVal(1)
                .build();
        net.graph()
                .add(NodeBuilder.of("Const", "huge")
                        .type("dtype", DataType.DT_FLOAT)
                        .attribute(
                                "value", AttrValue.newBuilder().setTensor(huge).build())
                        .build());
        assertThatThrownBy(() -> load(net, net.binary("AddV2", net.dense("input", 8, 3), "huge")))
                .isInstanceOf(InvalidModelException.class)
                .hasMessageContaining("constant huge");
    }

    @Test
    void shouldComputeNothingWhenAConstantWouldBeHuge() {
        RandomNets net = net();
        String dims = net.integers(1 << 20, 1 << 20);
        net.graph()
                .add(NodeBuilder.ofFloat("Fill", "fill")
                        .input(dims)
                        .input(net.constant(1, 0))
                        .type("index_type", DataType.DT_INT32)
                        .build());
        String sum = net.binary("AddV2", net.dense("input", 8, 3), "fill");
        assertThatThrownBy(() -> load(net, sum)).isInstanceOf(InvalidModelException.class);
    }

    @Test
    void shouldRefuseWhenAnEventWouldTakeTooMuchMemory() {
        RandomNets net = net();
        net.graph()
                .add(NodeBuilder.ofFloat("Tile", "tile")
                        .input("input")
                        .input(net.integers(1, 1 << 28))
                        .type("Tmultiples", DataType.DT_INT32)
                        .build());
        assertThatThrownBy(() -> load(net, "tile"))
                .isInstanceOf(InvalidModelException.class)
                .hasMessageContaining("node tile");
    }

    @Test
    void shouldRefuseWhenTheGraphIsACircle() {
        RandomNets net = net();
        net.graph()
                .add(NodeBuilder.ofFloat("AddV2", "a").input("input").input("b").build());
        net.graph().add(NodeBuilder.ofFloat("Relu", "b").input("a").build());
        assertThatThrownBy(() -> load(net, "b"))
                .isInstanceOf(InvalidModelException.class)
                .hasMessageContaining("without cycles");
    }

    @Test
    void shouldStopWhenFunctionsMultiply() {
        FunctionDefLibrary.Builder library = FunctionDefLibrary.newBuilder();
        for (int depth = 0; depth < 40; depth++) {
            FunctionDef.Builder function = FunctionDef.newBuilder()
                    .setSignature(OpDef.newBuilder()
                            .setName("f" + depth)
                            .addInputArg(OpDef.ArgDef.newBuilder().setName("x").setType(DataType.DT_FLOAT))
                            .addOutputArg(OpDef.ArgDef.newBuilder().setName("y").setType(DataType.DT_FLOAT)))
                    .putRet("y", "b:output:0")
                    .addNodeDef(call("a", "x", "f" + (depth + 1)))
                    .addNodeDef(call("b", "a:output:0", "f" + (depth + 1)));
            library.addFunction(function);
        }
        library.addFunction(FunctionDef.newBuilder()
                .setSignature(OpDef.newBuilder()
                        .setName("f40")
                        .addInputArg(OpDef.ArgDef.newBuilder().setName("x").setType(DataType.DT_FLOAT))
                        .addOutputArg(OpDef.ArgDef.newBuilder().setName("y").setType(DataType.DT_FLOAT)))
                .putRet("y", "x"));
        GraphDef graph = net().graph().toGraphDef().toBuilder()
                .addNode(call("out", "input", "f0"))
                .setLibrary(library)
                .build();
        assertThatThrownBy(() -> GraphImporter.load(graph, TensorRef.of("input"), TensorRef.of("out")))
                .isInstanceOf(InvalidModelException.class)
                .hasMessageContaining("after expanding functions");
    }

    @Test
    void shouldStopWhenAFunctionCallsItself() {
        FunctionDef function = FunctionDef.newBuilder()
                .setSignature(OpDef.newBuilder()
                        .setName("f")
                        .addInputArg(OpDef.ArgDef.newBuilder().setName("x").setType(DataType.DT_FLOAT))
                        .addOutputArg(OpDef.ArgDef.newBuilder().setName("y").setType(DataType.DT_FLOAT)))
                .putRet("y", "again:output:0")
                .addNodeDef(call("again", "x", "f"))
                .build();
        GraphDef graph = net().graph().toGraphDef().toBuilder()
                .addNode(call("out", "input", "f"))
                .setLibrary(FunctionDefLibrary.newBuilder().addFunction(function))
                .build();
        assertThatThrownBy(() -> GraphImporter.load(graph, TensorRef.of("input"), TensorRef.of("out")))
                .isInstanceOf(InvalidModelException.class)
                .hasMessageContaining("recursion");
    }

    private static NodeDef call(String name, String input, String function) {
        return NodeBuilder.of("PartitionedCall", name)
                .input(input)
                .attribute(
                        "f",
                        AttrValue.newBuilder()
                                .setFunc(NameAttrList.newBuilder().setName(function))
                                .build())
                .build();
    }

    @Test
    void shouldNotRunTheInitOperationWhenItWritesAFile() throws IOException {
        RandomNets net = net();
        FrozenModel model = load(net, net.dense("input", 8, 3));
        Path directory = SavedModelWriterTestSupport.write(folder, model);
        Path loot = folder.resolve("loot");
        SavedModel saved = SavedModel.parseFrom(Files.readAllBytes(directory.resolve("saved_model.pb")));
        MetaGraphDef.Builder graph = saved.getMetaGraphs(0).toBuilder();
        graph.getGraphDefBuilder()
                .addNode(string("loot", loot.toString()))
                .addNode(NodeBuilder.of("WriteFile", "write")
                        .input("loot")
                        .input("loot")
                        .build())
                .addNode(NodeDef.newBuilder().setName("init").setOp("NoOp").addInput("^write"));
        graph.putCollectionDef(
                "saved_model_main_op",
                CollectionDef.newBuilder()
                        .setNodeList(CollectionDef.NodeList.newBuilder().addValue("init"))
                        .build());
        Files.write(
                directory.resolve("saved_model.pb"),
                saved.toBuilder().setMetaGraphs(0, graph).build().toByteArray());

        assertThatThrownBy(() -> GraphImporter.load(directory, ImportOptions.DEFAULT))
                .isInstanceOf(UnsupportedModelException.class)
                .hasMessageStartingWith("Unsupported operation WriteFile in node write");
        assertThat(loot).doesNotExist();
    }

    @Test
    void shouldSayWhatIsWrongWhenTheFileIsNoModel() throws IOException {
        Path file = folder.resolve("noise.pb");
        byte[] noise = new byte[5000];
        new SplittableRandom(3).nextBytes(noise);
        Files.write(file, noise);
        assertThatThrownBy(() -> GraphImporter.load(file, ImportOptions.DEFAULT))
                .isInstanceOf(InvalidModelException.class)
                .hasMessageContaining("noise.pb");
        assertThatThrownBy(() -> GraphImporter.load(folder.resolve("missing"), ImportOptions.DEFAULT))
                .isInstanceOf(InvalidModelException.class)
                .hasMessageContaining("there is no such file");
    }

    @Test
    void shouldFailClearlyWhereverARealModelIsCut() throws IOException {
        Path original = SharedModels.find("mnist_conv");
        for (String name :
                new String[] {"saved_model.pb", "variables/variables.index", "variables/variables.data-00000-of-00001"
                }) {
            byte[] whole = Files.readAllBytes(original.resolve(name));
            for (int part = 0; part < 8; part++) {
                Path copy = copy(original, folder.resolve(name.replace('/', '-') + part));
                Files.write(copy.resolve(name), Arrays.copyOf(whole, whole.length * part / 8));
                assertThatThrownBy(() -> GraphImporter.load(copy, ImportOptions.DEFAULT))
                        .as("%s cut to %d/8", name, part)
                        .isInstanceOfAny(InvalidModelException.class, UnsupportedModelException.class)
                        .message()
                        .isNotBlank();
            }
        }
    }

    @Test
    void shouldNoticeWhenOneBitOfAWeightHasFlipped() throws IOException {
        Path copy = copy(SharedModels.find("mnist_conv"), folder.resolve("flipped"));
        Path data = copy.resolve("variables/variables.data-00000-of-00001");
        byte[] bytes = Files.readAllBytes(data);
        bytes[bytes.length / 2] ^= 8;
        Files.write(data, bytes);
        assertThatThrownBy(() -> GraphImporter.load(copy, ImportOptions.DEFAULT))
                .isInstanceOf(InvalidModelException.class)
                .hasMessageContaining("checksum");
    }

    private static Path copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Path target = to.resolve(from.relativize(file).toString());
                Files.createDirectories(target.getParent());
                Files.write(target, Files.readAllBytes(file));
            }
        }
        return to;
    }

    @Test
    void shouldRefuseAnIndexWhoseKeysSwell() {
        assertThatThrownBy(() -> IndexTable.read(ModelReaders.swellingIndex()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("longer than the file");
    }
}
