package io.fineprune.agent.evaluate.method;

import io.fineprune.topology.activation.Layer;
import io.fineprune.topology.activation.LayerKind;
import io.fineprune.topology.activation.ModelInput;
import io.fineprune.topology.activation.UnusableEventException;
import io.fineprune.topology.repair.HomeostaticScaling;
import io.fineprune.topology.repair.LayerParameters;
import io.fineprune.topology.repair.LayerStream;
import io.fineprune.topology.repair.NodeMoments;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Batch norms whose statistics are measured anew. Where a batch norm was folded into a convolution, its shift and scale are the
 * mean and the deviation of the convolution's output on the source data, so the new statistics are those that give it the
 * same mean and deviation on the user's data. Layer by layer, each measured behind the new norms of the layers below. Every
 * convolution with biases counts as one that had a batch norm, but for the last layer; dense layers do not.
 *
 * @param parameters of every layer by its index
 * @param moments by the index of each layer that counts, the mean and the deviation of its output on the user's data with these
 *     parameters
 */
record BatchStatistics(Map<Integer, LayerParameters> parameters, Map<Integer, NodeMoments> moments) {
    /** Added to a batch norm's variance, as TensorFlow does; here as a share of the source data's variance. */
    private static final double EPSILON = 1e-3;

    private static final Logger LOG = LoggerFactory.getLogger(BatchStatistics.class);

    /**
     * Measures a user's inputs. A layer whose moments on the source data are not known keeps its statistics.
     *
     * @throws UnusableEventException if an input has another shape than the model's
     */
    static BatchStatistics of(EvaluatedModel bench, List<ModelInput> inputs) throws UnusableEventException {
        Map<Integer, LayerParameters> parameters = new HashMap<>();
        Map<Integer, NodeMoments> moments = new HashMap<>();
        try (LayerStream stream = bench.layerwise().stream(inputs)) {
            for (int l = 0; l < bench.architecture().layers().size(); l++) {
                LayerParameters layer = bench.layerwise().source(l);
                if (normalised(bench, l)) {
                    NodeMoments user = stream.moments(l, layer);
                    Optional<NodeMoments> source = bench.layerwise().sourceMoments(l);
                    if (source.isPresent()) {
                        HomeostaticScaling renewed = renewed(source.get(), user);
                        layer = layer.scaled(renewed);
                        user = behind(renewed, user);
                    } else {
                        bench.remember("no moments of layers", () -> warn(bench));
                    }
                    moments.put(l, user);
                }
                stream.advance(l, layer);
                parameters.put(l, layer);
            }
        }
        return new BatchStatistics(parameters, moments);
    }

    private static boolean normalised(EvaluatedModel bench, int index) {
        Layer layer = bench.architecture().layers().get(index);
        return layer.kind() != LayerKind.DENSE
                && layer.biased()
                && index < bench.architecture().layers().size() - 1;
    }

    /**
     * What new statistics do to each node: a division by the root of the user's variance and epsilon in the place of the source's. A
     * node that never varied on the source data is only shifted.
     */
    static HomeostaticScaling renewed(NodeMoments source, NodeMoments user) {
        float[] scale = new float[source.nodes()];
        float[] shift = new float[source.nodes()];
        for (int n = 0; n < scale.length; n++) {
            double ratio = user.deviation()[n] / source.deviation()[n];
            double factor = source.deviation()[n] > 0 ? Math.sqrt((1 + EPSILON) / (ratio * ratio + EPSILON)) : 1;
            scale[n] = (float) factor;
            shift[n] = (float) (source.mean()[n] - factor * user.mean()[n]);
        }
        return new HomeostaticScaling(scale, shift);
    }

    private static NodeMoments behind(HomeostaticScaling scaling, NodeMoments moments) {
        double[] mean = moments.mean().clone();
        double[] deviation = moments.deviation().clone();
        for (int n = 0; n < mean.length; n++) {
            mean[n] = scaling.scale()[n] * mean[n] + scaling.shift()[n];
            deviation[n] *= scaling.scale()[n];
        }
        return new NodeMoments(mean, deviation);
    }

    private static boolean warn(EvaluatedModel bench) {
        LOG.warn(
                "Model {} has no moments of its layers, so the statistics of its batch norms stay; write them with \"fineprune"
                        + " calibrate\"",
                bench.architecture().modelId());
        return true;
    }
}
