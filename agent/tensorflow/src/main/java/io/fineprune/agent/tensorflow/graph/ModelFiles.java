package io.fineprune.agent.tensorflow.graph;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Parser;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.SavedModel;

/** Reads model files with a bound on their size. */
public final class ModelFiles {
    /** Largest graph file, bytes. */
    public static final long MAX_GRAPH_BYTES = 1L << 29;
    /** Largest sum of the files with variables, bytes. */
    public static final long MAX_VARIABLE_BYTES = 1L << 31;

    private static final int MAX_PROTOBUF_DEPTH = 64;
    /** Memory that reading and folding a graph takes, as a multiple of its file's size. */
    private static final long HEAP_FACTOR = 4;

    private static final String SERVE = "serve";

    private ModelFiles() {}

    /** Whether a folder holds a SavedModel. */
    public static boolean isSavedModel(Path path) {
        return Files.isRegularFile(path.resolve("saved_model.pb"));
    }

    /** The graph of a SavedModel that is meant for serving. */
    public static MetaGraphDef savedModel(Path directory) {
        Path file = directory.resolve("saved_model.pb");
        List<MetaGraphDef> graphs =
                parse(file, SavedModel.parser(), "SavedModel").getMetaGraphsList();
        return graphs.stream()
                .filter(graph -> graph.getMetaInfoDef().getTagsList().contains(SERVE))
                .findFirst()
                .orElseThrow(() -> new InvalidModelException(
                        "Expected %s to hold a graph tagged \"serve\", found tags %s; export the model for serving"
                                .formatted(
                                        file,
                                        graphs.stream()
                                                .map(graph ->
                                                        graph.getMetaInfoDef().getTagsList())
                                                .toList())));
    }

    /** A frozen graph. */
    public static GraphDef frozenGraph(Path file) {
        GraphDef graph = parse(file, GraphDef.parser(), "frozen GraphDef");
        if (graph.getNodeCount() == 0) {
            throw new InvalidModelException("Expected " + file + " to hold a frozen GraphDef, found no nodes in it");
        }
        return graph;
    }

    /**
     * The size of a SavedModel's variables.
     *
     * @throws InvalidModelException if it exceeds the bound
     */
    public static long variableBytes(Path directory) {
        Path variables = directory.resolve("variables");
        if (!Files.isDirectory(variables)) {
            return 0;
        }
        long sum = 0;
        try (var files = Files.list(variables)) {
            for (Path file : files.toList()) {
                sum += Files.size(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read " + variables, e);
        }
        if (sum > MAX_VARIABLE_BYTES) {
            throw new InvalidModelException("Expected at most %d bytes in %s, found %d; give a smaller model"
                    .formatted(MAX_VARIABLE_BYTES, variables, sum));
        }
        return sum;
    }

    private static <T> T parse(Path file, Parser<T> parser, String what) {
        if (!Files.isRegularFile(file)) {
            throw new InvalidModelException("Expected a " + what + " in " + file + ", but there is no such file");
        }
        try {
            long size = Files.size(file);
            if (size > MAX_GRAPH_BYTES) {
                throw new InvalidModelException(
                        "Expected a %s of at most %d bytes in %s, found %d; give a smaller model"
                                .formatted(what, MAX_GRAPH_BYTES, file, size));
            }
            if (size * HEAP_FACTOR > Runtime.getRuntime().maxMemory()) {
                throw new InvalidModelException(
                        "Expected a %s of at most %d bytes in %s, given Java's memory, found %d; start Java with -Xmx%dm"
                                .formatted(
                                        what,
                                        Runtime.getRuntime().maxMemory() / HEAP_FACTOR,
                                        file,
                                        size,
                                        ((size * HEAP_FACTOR) >> 20) + 512));
            }
            try (InputStream in = new BufferedInputStream(Files.newInputStream(file), 1 << 16)) {
                CodedInputStream coded = CodedInputStream.newInstance(in);
                coded.setSizeLimit((int) MAX_GRAPH_BYTES);
                coded.setRecursionLimit(MAX_PROTOBUF_DEPTH);
                T message = parser.parseFrom(coded);
                coded.checkLastTagWas(0);
                return message;
            }
        } catch (InvalidProtocolBufferException e) {
            throw new InvalidModelException(
                    "Expected a %s in %s, but it is corrupt or cut short (%s); copy or export it again"
                            .formatted(what, file, e.getMessage()),
                    e);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read " + file, e);
        }
    }
}
