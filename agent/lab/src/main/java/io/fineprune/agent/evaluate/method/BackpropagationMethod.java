package io.fineprune.agent.evaluate.method;

import io.fineprune.agent.tensorflow.train.FineTuner;
import io.fineprune.agent.tensorflow.train.LayerForm;
import io.fineprune.agent.tensorflow.train.Loss;
import io.fineprune.topology.activation.UnusableEventException;
import io.fineprune.topology.pruning.Mask;
import io.fineprune.topology.pruning.SparsityReport;
import io.fineprune.topology.repair.LayerParameters;
import java.util.Map;
import java.util.Optional;

/**
 * Fine-tuning with the user's labels: Adam, batches of 64, 10 epochs, at a constant learning rate, of all weights and biases.
 *
 * @param before pruning by weights that comes first; absent: none
 */
record BackpropagationMethod(String name, double learningRate, Optional<DataFreeMethod.UnitScore> before)
        implements AdaptationMethod {
    static final int EPOCHS = 10;
    static final int BATCH = 64;

    @Override
    public String description() {
        return (before.isPresent() ? "group-norm pruning, then fine-tuning" : "fine-tuning")
                + " with labels: Adam, batches of 64, 10 epochs, learning rate " + learningRate;
    }

    @Override
    public boolean prunes() {
        return before.isPresent();
    }

    @Override
    public boolean usesLabels() {
        return true;
    }

    @Override
    public String memory() {
        return "O(N sum n_i n_(i-1))";
    }

    @Override
    public Adapted adapt(EvaluatedModel bench, UserStream stream, double sparsity) throws UnusableEventException {
        Optional<Mask> mask = before.map(score -> UnitSelection.mask(bench.architecture(), score.of(bench), sparsity));
        Map<Integer, LayerParameters> start =
                mask.map(bits -> bench.masked(bits)).orElseGet(bench::source);
        FineTuner.Settings settings = new FineTuner.Settings(EPOCHS, BATCH, learningRate, stream.seed());
        Map<Integer, LayerParameters> tuned;
        try (FineTuner tuner = bench.tuner(LayerForm.whole(start), Loss.CROSS_ENTROPY)) {
            tuned = tuner.tune(stream.inputs(), stream.labels(), settings);
        }
        Cost cost = bench.costs().backpropagation(stream.events(), EPOCHS, BATCH);
        return mask.map(bits -> Adapted.of(
                        bench.masked(bits, tuned),
                        Shares.of(SparsityReport.of(bench.architecture(), bits)),
                        bench.costs().weightScores().then(cost)))
                .orElseGet(() -> Adapted.of(tuned, Shares.NONE, cost));
    }
}
