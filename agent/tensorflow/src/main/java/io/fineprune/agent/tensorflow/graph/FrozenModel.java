package io.fineprune.agent.tensorflow.graph;

import com.google.protobuf.CodedOutputStream;
import io.fineprune.schemas.signature.Sha256;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Optional;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.GraphDef;

/**
 * A flat graph of constants and operations that compute numbers from numbers. Immutable.
 *
 * @param graph nodes in the order of the data, without functions, variables or control edges
 * @param input the placeholder: floats [batch, inputShape], or one encoded recording as a string
 * @param posterior class probabilities [batch, classes]
 * @param logits input of the softmax that computes the posterior, if one does; its shape may have further dimensions
 *     of 1
 * @param inputShape without the batch dimension; of no dimension for an encoded recording
 * @param encoded whether the input is an encoded recording
 * @param fixedBatch rows that the graph takes, if it does not take any number
 * @param classes size of the posterior
 * @param fingerprint SHA-256 of the graph's deterministic serialisation, lower-case hexadecimal
 */
public record FrozenModel(
        GraphDef graph,
        TensorRef input,
        TensorRef posterior,
        Optional<TensorRef> logits,
        int[] inputShape,
        boolean encoded,
        Optional<Integer> fixedBatch,
        int classes,
        String fingerprint) {
    public FrozenModel {
        inputShape = inputShape.clone();
    }

    @Override
    public int[] inputShape() {
        return inputShape.clone();
    }

    /** Numbers of one input; 0 for an encoded recording. */
    public int inputSize() {
        return encoded ? 0 : Constants.size(inputShape);
    }

    /** The same model with another graph, in which input and outputs have kept their names. */
    public FrozenModel with(GraphDef changed) {
        return new FrozenModel(
                changed, input, posterior, logits, inputShape, encoded, fixedBatch, classes, fingerprint(changed));
    }

    /** The nodes with the batch dimension of the input fixed, so that all shapes are known. */
    public FlatGraph withBatch(int batch) {
        FlatGraph flat = FlatGraph.of(graph);
        if (!encoded) {
            long[] shape = new long[inputShape.length + 1];
            shape[0] = batch;
            for (int i = 0; i < inputShape.length; i++) {
                shape[i + 1] = inputShape[i];
            }
            flat.put(NodeBuilder.placeholder(input.node(), DataType.DT_FLOAT, shape));
        }
        return flat;
    }

    /** SHA-256 over the serialisation with sorted maps, lower-case hexadecimal. */
    public static String fingerprint(GraphDef graph) {
        MessageDigest digest = Sha256.digest();
        try (OutputStream out = new DigestOutputStream(OutputStream.nullOutputStream(), digest)) {
            write(graph, out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    /** Serialises a message with sorted maps, so that equal messages yield equal bytes. */
    static void write(com.google.protobuf.MessageLite message, OutputStream out) throws IOException {
        CodedOutputStream coded = CodedOutputStream.newInstance(out);
        coded.useDeterministicSerialization();
        message.writeTo(coded);
        coded.flush();
    }
}
