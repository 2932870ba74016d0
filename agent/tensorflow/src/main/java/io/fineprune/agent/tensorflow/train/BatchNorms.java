package io.fineprune.agent.tensorflow.train;

import io.fineprune.agent.tensorflow.graph.Tensors;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.tensorflow.Result;
import org.tensorflow.Session;

/** Running means and variances of the batch norms of a training, and their folding into weights. */
final class BatchNorms {
    static final double EPSILON = 1e-3;
    private static final double MOMENTUM = 0.95;

    private final List<String> names = new ArrayList<>();
    private final List<double[]> means = new ArrayList<>();
    private final List<double[]> variances = new ArrayList<>();
    private boolean started;

    /** Creates the state for a network without batch norms. */
    BatchNorms() {}

    BatchNorms(TrainingSpec spec) {
        for (int i = 0; spec.batchNorm() && i < spec.convolutions().size(); i++) {
            names.add(VggGraph.convolution(i));
            means.add(new double[spec.convolutions().get(i)]);
            variances.add(new double[spec.convolutions().get(i)]);
        }
    }

    /** Asks for the statistics of a step's batch. */
    void fetch(Session.Runner runner) {
        for (String name : names) {
            runner.fetch(name + "/norm", 1).fetch(name + "/norm", 2);
        }
    }

    /** Updates the running statistics from a step's result, where they begin at the given index. */
    void update(Result result, int from) {
        for (int i = 0; i < names.size(); i++) {
            blend(means.get(i), Tensors.floats(result.get(from + 2 * i)));
            blend(variances.get(i), Tensors.floats(result.get(from + 2 * i + 1)));
        }
        started = true;
    }

    private void blend(double[] running, float[] batch) {
        for (int c = 0; c < running.length; c++) {
            running[c] = started ? MOMENTUM * running[c] + (1 - MOMENTUM) * batch[c] : batch[c];
        }
    }

    /** Replaces gamma and beta by a bias, and scales the kernels: W' = s W, b = beta - s mean, s = gamma / deviation. */
    void fold(Map<String, float[]> parameters) {
        for (int i = 0; i < names.size(); i++) {
            String name = names.get(i);
            float[] gamma = parameters.getOrDefault(name + "/gamma", new float[0]);
            float[] beta = parameters.getOrDefault(name + "/beta", new float[0]);
            float[] kernel = parameters.getOrDefault(name + "/kernel", new float[0]);
            double[] mean = means.get(i);
            double[] scale = new double[gamma.length];
            double[] variance = variances.get(i);
            Arrays.setAll(scale, c -> gamma[c] / Math.sqrt(variance[c] + EPSILON));
            float[] bias = new float[gamma.length];
            for (int c = 0; c < bias.length; c++) {
                bias[c] = (float) (beta[c] - scale[c] * mean[c]);
            }
            for (int k = 0; k < kernel.length; k++) {
                kernel[k] = (float) (kernel[k] * scale[k % scale.length]);
            }
            parameters.put(name + "/bias", bias);
        }
    }
}
