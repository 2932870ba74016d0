package io.fineprune.agent.evaluate.method;

import io.fineprune.agent.tensorflow.train.FineTuner;
import io.fineprune.agent.tensorflow.train.LayerForm;
import io.fineprune.agent.tensorflow.train.Loss;
import io.fineprune.topology.activation.UnusableEventException;
import io.fineprune.topology.repair.LayerParameters;
import io.fineprune.topology.repair.NodeMoments;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * TENT (Wang, Shelhamer, Liu, Olshausen and Darrell, "Tent: Fully Test-Time Adaptation by Entropy Minimization", 2021), with gradients:
 * the statistics of the batch norms are the user's, and their scales and shifts, one of each for every node of a convolution, follow the
 * gradient of the answers' mean entropy: Adam at 1e-3, batches of 64, once over the events as they come. All other weights
 * stay. Unlike there the statistics are of all the user's events at once rather than of each batch, so no gradient goes through
 * them; a batch norm that was folded is told apart again by the moments of its output.
 */
record TentMethod() implements AdaptationMethod {
    static final double LEARNING_RATE = 1e-3;
    static final int BATCH = 64;

    @Override
    public String name() {
        return "tent";
    }

    @Override
    public String description() {
        return "TENT: batch norms as with adabn, then their scales and shifts by gradients of the answers' entropy,"
                + " without labels: Adam, batches of 64, one pass, learning rate 0.001";
    }

    @Override
    public boolean prunes() {
        return false;
    }

    @Override
    public String memory() {
        return "O(B sum n_i + N max n_i)";
    }

    @Override
    public Adapted adapt(EvaluatedModel bench, UserStream stream, double sparsity) throws UnusableEventException {
        BatchStatistics statistics = BatchStatistics.of(bench, stream.inputs());
        Map<Integer, LayerForm> forms = new HashMap<>();
        statistics
                .parameters()
                .forEach((index, layer) ->
                        forms.put(index, form(layer, statistics.moments().get(index))));
        Map<Integer, LayerParameters> followed = statistics.parameters();
        if (!statistics.moments().isEmpty()) {
            try (FineTuner tuner = bench.tuner(forms, Loss.ENTROPY)) {
                followed = tuner.follow(stream.inputs(), BATCH, LEARNING_RATE);
            }
        }
        return Adapted.of(
                followed,
                Shares.NONE,
                bench.costs()
                        .statistics(stream.events())
                        .then(bench.costs().backpropagation(stream.events(), 1, BATCH)));
    }

    private static LayerForm form(LayerParameters layer, @Nullable NodeMoments moments) {
        return moments == null ? new LayerForm.Fixed(layer) : LayerForm.Normalised.of(layer, moments);
    }
}
