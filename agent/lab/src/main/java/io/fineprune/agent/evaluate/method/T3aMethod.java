package io.fineprune.agent.evaluate.method;

import io.fineprune.topology.activation.UnusableEventException;
import io.fineprune.topology.repair.Features;
import io.fineprune.topology.repair.LayerParameters;
import io.fineprune.topology.repair.LayerwiseModel.Answers;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Test-time templates (Iwasawa and Matsuo, "Test-Time Classifier Adjustment Module for Model-Agnostic Domain Generalization", 2021):
 * an event is a support of the class that the source model answers, the rows of the last layer are supports too, and of each
 * class the {@value #SUPPORTS} supports stay whose answers have the least entropy. A class's row becomes the mean direction of its
 * supports, without a bias. Held-out events are answered by the rows after the last event and become no supports.
 */
record T3aMethod() implements AdaptationMethod {
    /** Most supports kept per class; the paper chooses among 1, 5, 20, 50, 100 and all. */
    static final int SUPPORTS = 20;

    /** An event or a row: its direction and how unsure the source model is of it. */
    private record Support(double[] unit, double entropy) {}

    @Override
    public String name() {
        return "t3a";
    }

    @Override
    public String description() {
        return "T3A: the last layer's rows become mean directions of the features that it is surest of, 20 a class";
    }

    @Override
    public boolean prunes() {
        return false;
    }

    @Override
    public String memory() {
        return "O(M C n_(L-1))";
    }

    @Override
    public Adapted adapt(EvaluatedModel bench, UserStream stream, double sparsity) throws UnusableEventException {
        int last = bench.architecture().layers().size() - 1;
        LayerParameters rows = templates(
                bench.layerwise().answer(stream.inputs(), Map.of()),
                bench.layerwise().source(last),
                SUPPORTS);
        return Adapted.of(Map.of(last, rows), Shares.NONE, bench.costs().templates(stream.events(), SUPPORTS));
    }

    /**
     * The last layer after all events. The order of events does not matter.
     *
     * @param answers of the source model to the events
     * @param own the source model's last layer
     * @param supports of each class that stay
     */
    static LayerParameters templates(Answers answers, LayerParameters own, int supports) {
        int classes = own.biases().length;
        Features features = answers.features();
        Map<Integer, List<Support>> byClass = new HashMap<>();
        for (int c = 0; c < classes; c++) {
            double[] row = new double[features.dimensions()];
            for (int d = 0; d < row.length; d++) {
                row[d] = own.weights()[d * classes + c];
            }
            add(byClass, row, posterior(row, own));
        }
        for (int e = 0; e < features.events(); e++) {
            double[] row = new double[features.dimensions()];
            for (int d = 0; d < row.length; d++) {
                row[d] = features.values()[e * row.length + d];
            }
            double[] posterior = new double[classes];
            for (int c = 0; c < classes; c++) {
                posterior[c] = answers.posterior()[e * classes + c];
            }
            add(byClass, row, posterior);
        }
        float[] weights = new float[own.weights().length];
        byClass.forEach((index, all) -> {
            double[] sum = new double[features.dimensions()];
            all.stream()
                    .sorted(Comparator.comparingDouble(Support::entropy))
                    .limit(supports)
                    .forEach(support -> {
                        for (int d = 0; d < sum.length; d++) {
                            sum[d] += support.unit()[d];
                        }
                    });
            double[] direction = unit(sum);
            for (int d = 0; d < direction.length; d++) {
                weights[d * classes + index] = (float) direction[d];
            }
        });
        return new LayerParameters(weights, new float[classes]);
    }

    private static void add(Map<Integer, List<Support>> byClass, double[] row, double[] posterior) {
        int answer = 0;
        double entropy = 0;
        for (int c = 0; c < posterior.length; c++) {
            answer = posterior[c] > posterior[answer] ? c : answer;
            entropy -= posterior[c] > 0 ? posterior[c] * Math.log(posterior[c]) : 0;
        }
        byClass.computeIfAbsent(answer, c -> new ArrayList<>()).add(new Support(unit(row), entropy));
    }

    private static double[] posterior(double[] row, LayerParameters own) {
        int classes = own.biases().length;
        double[] posterior = new double[classes];
        double largest = Double.NEGATIVE_INFINITY;
        for (int c = 0; c < classes; c++) {
            posterior[c] = own.biases()[c];
            for (int d = 0; d < row.length; d++) {
                posterior[c] += row[d] * own.weights()[d * classes + c];
            }
            largest = Math.max(largest, posterior[c]);
        }
        double sum = 0;
        for (int c = 0; c < classes; c++) {
            posterior[c] = Math.exp(posterior[c] - largest);
            sum += posterior[c];
        }
        for (int c = 0; c < classes; c++) {
            posterior[c] /= sum;
        }
        return posterior;
    }

    /** The same direction at length one; zero stays zero. */
    private static double[] unit(double[] row) {
        double squares = 0;
        for (double value : row) {
            squares += value * value;
        }
        double length = Math.sqrt(squares);
        double[] unit = new double[row.length];
        for (int d = 0; d < row.length && length > 0; d++) {
            unit[d] = row[d] / length;
        }
        return unit;
    }
}
