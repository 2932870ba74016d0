package io.fineprune.agent.tensorflow.graph;

import java.nio.file.Path;
import java.util.Optional;
import java.util.SplittableRandom;
import org.tensorflow.Result;
import org.tensorflow.SavedModelBundle;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.exceptions.TensorFlowException;
import org.tensorflow.ndarray.NdArrays;
import org.tensorflow.types.TString;

/** Compares an imported model with its original on random input. */
public final class ModelVerifier {
    /** Largest difference of an output that is accepted. */
    public static final double TOLERANCE = 1e-4;

    private static final int ROWS = 4;
    private static final int ROUNDS = 3;

    private ModelVerifier() {}

    /**
     * Runs both and returns the largest difference: of the probabilities, or of the logits relative to the largest of them, where
     * the original yields logits.
     *
     * @throws UnsupportedModelException if it exceeds {@link #TOLERANCE}, or loading the original would do more than arithmetic
     */
    public static double verify(Path path, ImportOptions options, FrozenModel model, long seed) {
        return verify(ModelGraph.read(path, options), model, seed);
    }

    static double verify(ModelGraph original, FrozenModel model, long seed) {
        Path path = original.source();
        original.metaGraph().ifPresent(graph -> LoadGuard.check(path, graph, original.output()));
        SplittableRandom random = new SplittableRandom(seed);
        float[][] inputs = new float[ROUNDS][];
        byte[][] recordings = new byte[ROUNDS][];
        int rows = model.fixedBatch().orElse(ROWS);
        for (int round = 0; round < ROUNDS; round++) {
            inputs[round] = numbers(random, rows * model.inputSize());
            recordings[round] = RandomRecording.wav(random);
        }
        float[][] expected = new float[ROUNDS][];
        float[][] posterior = new float[ROUNDS][];
        float[][] logits = new float[ROUNDS][];
        original(original, session -> {
            for (int round = 0; round < ROUNDS; round++) {
                expected[round] = run(
                        session, model, rows, original.input(), original.output(), inputs[round], recordings[round]);
            }
        });
        Sessions.with(model.graph(), session -> {
            for (int round = 0; round < ROUNDS; round++) {
                posterior[round] =
                        run(session, model, rows, model.input(), model.posterior(), inputs[round], recordings[round]);
                logits[round] = model.logits().isPresent()
                        ? run(
                                session,
                                model,
                                rows,
                                model.input(),
                                model.logits().get(),
                                inputs[round],
                                recordings[round])
                        : posterior[round];
            }
            return Optional.empty();
        });
        double difference =
                Math.min(difference(expected, posterior, 1), difference(expected, logits, largest(expected)));
        if (!(difference <= TOLERANCE)) {
            throw new UnsupportedModelException(
                    "Unsupported model %s: the imported graph differs from its signature by %.3g on random input, expected at most %.0e; "
                                    .formatted(path, difference, TOLERANCE)
                            + "export it frozen and in inference mode");
        }
        return difference;
    }

    private interface Work {
        void with(Session session);
    }

    private static void original(ModelGraph original, Work work) {
        try {
            if (original.metaGraph().isPresent()) {
                try (SavedModelBundle bundle = SavedModelBundle.loader(
                                original.source().toString())
                        .withConfigProto(Sessions.config())
                        .withTags("serve")
                        .load()) {
                    VariableCopies.run(bundle, original.metaGraph().get().getGraphDef());
                    work.with(bundle.session());
                }
            } else {
                Sessions.with(original.graph(), session -> {
                    work.with(session);
                    return Optional.empty();
                });
            }
        } catch (TensorFlowException e) {
            throw new InvalidModelException(
                    "Expected the original model %s to run, but TensorFlow says: %s"
                            .formatted(original.source(), e.getMessage()),
                    e);
        }
    }

    private static float[] run(
            Session session,
            FrozenModel model,
            int rows,
            TensorRef input,
            TensorRef output,
            float[] numbers,
            byte[] recording) {
        int[] inputShape = model.inputShape();
        long[] shape = new long[inputShape.length + 1];
        shape[0] = rows;
        for (int i = 0; i < inputShape.length; i++) {
            shape[i + 1] = inputShape[i];
        }
        try (Tensor fed = model.encoded()
                        ? TString.tensorOfBytes(NdArrays.scalarOfObject(recording))
                        : Tensors.floats(numbers, shape);
                Result result = session.runner()
                        .feed(input.node(), input.index(), fed)
                        .fetch(output.node(), output.index())
                        .run()) {
            return Tensors.floats(result.get(0));
        }
    }

    private static double difference(float[][] expected, float[][] found, double scale) {
        double largest = 0;
        for (int round = 0; round < expected.length; round++) {
            if (expected[round].length != found[round].length) {
                return Double.POSITIVE_INFINITY;
            }
            for (int i = 0; i < expected[round].length; i++) {
                double difference = Math.abs((double) expected[round][i] - found[round][i]);
                largest = Double.isNaN(difference) ? Double.POSITIVE_INFINITY : Math.max(largest, difference);
            }
        }
        return largest / scale;
    }

    private static double largest(float[][] values) {
        double largest = 1;
        for (float[] row : values) {
            for (float value : row) {
                largest = Math.max(largest, Math.abs(value));
            }
        }
        return largest;
    }

    private static float[] numbers(SplittableRandom random, int count) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) (2 * random.nextDouble() - 1);
        }
        return values;
    }
}
