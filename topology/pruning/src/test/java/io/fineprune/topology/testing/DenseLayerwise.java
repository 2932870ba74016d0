package io.fineprune.topology.testing;

import io.fineprune.topology.activation.Architecture;
import io.fineprune.topology.activation.ModelInput;
import io.fineprune.topology.repair.ClassMoments;
import io.fineprune.topology.repair.Features;
import io.fineprune.topology.repair.LayerParameters;
import io.fineprune.topology.repair.LayerStream;
import io.fineprune.topology.repair.LayerwiseModel;
import io.fineprune.topology.repair.NodeMoments;
import io.fineprune.topology.repair.NormalEquations;
import io.fineprune.topology.repair.SourceClasses;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A net of dense layers in plain Java, layer by layer: ReLU between the layers, softmax at the end. */
public final class DenseLayerwise implements LayerwiseModel {
    private final Architecture architecture;
    private final List<LayerParameters> layers;
    private final Map<Integer, ClassMoments> moments = new HashMap<>();
    private Optional<SourceClasses> sourceClasses = Optional.empty();
    private Optional<double[][][]> sourceUsers = Optional.empty();

    /** @param layers weights [inputs, nodes] and biases of each layer of the architecture */
    public DenseLayerwise(Architecture architecture, List<LayerParameters> layers) {
        this.architecture = architecture;
        this.layers = List.copyOf(layers);
    }

    /** Measures what "fineprune calibrate" does. */
    public DenseLayerwise calibrated(List<ModelInput> inputs, int[] labels, double[][][] users) {
        DenseLayerwise calibrated = new DenseLayerwise(architecture, layers);
        int classes = architecture.classes();
        double[][][] mean = new double[layers.size()][classes][];
        double[][][] square = new double[layers.size()][classes][];
        for (int c = 0; c < classes; c++) {
            List<ModelInput> ofClass = new ArrayList<>();
            for (int e = 0; e < labels.length; e++) {
                if (labels[e] == c) {
                    ofClass.add(inputs.get(e));
                }
            }
            LayerStream stream = stream(ofClass);
            for (int l = 0; l < layers.size(); l++) {
                NodeMoments found = stream.moments(l, layers.get(l));
                stream.advance(l, layers.get(l));
                mean[l][c] = found.mean();
                square[l][c] = new double[found.nodes()];
                for (int n = 0; n < found.nodes(); n++) {
                    square[l][c][n] = Math.pow(found.deviation()[n], 2) + Math.pow(found.mean()[n], 2);
                }
            }
        }
        for (int l = 0; l < layers.size(); l++) {
            calibrated.moments.put(l, new ClassMoments(mean[l], square[l]));
        }
        calibrated.sourceClasses = SourceClasses.of(answer(inputs, Map.of()).features(), labels, classes);
        calibrated.sourceUsers = Optional.of(users);
        return calibrated;
    }

    @Override
    public Architecture architecture() {
        return architecture;
    }

    @Override
    public LayerParameters source(int layer) {
        return layers.get(layer);
    }

    @Override
    public boolean refittable(int layer) {
        return true;
    }

    @Override
    public Optional<NodeMoments> sourceMoments(int layer) {
        double[] even = new double[architecture.classes()];
        Arrays.fill(even, 1.0 / even.length);
        return classMoments(layer).map(known -> known.under(even));
    }

    @Override
    public Optional<ClassMoments> classMoments(int layer) {
        return Optional.ofNullable(moments.get(layer));
    }

    @Override
    public Optional<SourceClasses> sourceClasses() {
        return sourceClasses;
    }

    @Override
    public Optional<double[][][]> sourceUsers() {
        return sourceUsers;
    }

    @Override
    public Optional<NodeMoments> inputMoments() {
        return Optional.empty();
    }

    @Override
    public LayerStream stream(List<ModelInput> inputs) {
        return new Stream(inputs);
    }

    @Override
    public Answers answer(List<ModelInput> inputs, Map<Integer, LayerParameters> parameters) {
        Stream stream = new Stream(inputs);
        int last = layers.size() - 1;
        for (int l = 0; l < last; l++) {
            stream.advance(l, parameters.getOrDefault(l, layers.get(l)));
        }
        float[][] features = stream.input(last);
        stream.advance(last, parameters.getOrDefault(last, layers.get(last)));
        int classes = architecture.classes();
        int dimensions = architecture.layers().get(last).inputs();
        float[] values = new float[inputs.size() * dimensions];
        float[] posterior = new float[inputs.size() * classes];
        for (int e = 0; e < inputs.size(); e++) {
            System.arraycopy(features[e], 0, values, e * dimensions, dimensions);
            float[] outputs = stream.current[e];
            double largest = Double.NEGATIVE_INFINITY;
            for (float output : outputs) {
                largest = Math.max(largest, output);
            }
            double sum = 0;
            for (float output : outputs) {
                sum += Math.exp(output - largest);
            }
            for (int c = 0; c < classes; c++) {
                posterior[e * classes + c] = (float) (Math.exp(outputs[c] - largest) / sum);
            }
        }
        return new Answers(new Features(inputs.size(), dimensions, values), posterior);
    }

    @Override
    public void close() {}

    private static float[][] times(float[][] rows, LayerParameters layer) {
        int nodes = layer.biases().length;
        float[][] results = new float[rows.length][];
        for (int e = 0; e < rows.length; e++) {
            results[e] = layer.biases().clone();
            for (int i = 0; i < rows[e].length; i++) {
                for (int n = 0; n < nodes; n++) {
                    results[e][n] += rows[e][i] * layer.weights()[i * nodes + n];
                }
            }
        }
        return results;
    }

    /** Pre-activations of the layer that ran last. */
    private static final class Stream implements LayerStream {
        private float[][] current;

        Stream(List<ModelInput> inputs) {
            this.current = inputs.stream()
                    .map(input -> ((ModelInput.Values) input).values())
                    .toArray(float[][]::new);
        }

        private float[][] input(int layer) {
            if (layer == 0) {
                return current;
            }
            float[][] active = new float[current.length][];
            for (int e = 0; e < current.length; e++) {
                active[e] = current[e].clone();
                for (int n = 0; n < active[e].length; n++) {
                    active[e][n] = Math.max(0, active[e][n]);
                }
            }
            return active;
        }

        @Override
        public NodeMoments moments(int layer, LayerParameters parameters) {
            float[][] outputs = times(input(layer), parameters);
            int nodes = parameters.biases().length;
            double[] sum = new double[nodes];
            double[] squares = new double[nodes];
            for (float[] row : outputs) {
                for (int n = 0; n < nodes; n++) {
                    sum[n] += row[n];
                    squares[n] += (double) row[n] * row[n];
                }
            }
            return NodeMoments.ofSums(sum, squares, outputs.length);
        }

        @Override
        public void advance(int layer, LayerParameters parameters) {
            current = times(input(layer), parameters);
        }

        @Override
        public List<NormalEquations> equations(int layer, int[] inputs, int[] nodes, LayerStream target) {
            float[][] rows = input(layer);
            float[][] wanted = ((Stream) target).current;
            NormalEquations equations = new NormalEquations(inputs.length, nodes.length);
            for (int e = 0; e < rows.length; e++) {
                float[] x = new float[inputs.length];
                float[] z = new float[nodes.length];
                float[] products = new float[x.length * x.length];
                float[] cross = new float[x.length * z.length];
                for (int i = 0; i < x.length; i++) {
                    x[i] = rows[e][inputs[i]];
                }
                for (int n = 0; n < z.length; n++) {
                    z[n] = wanted[e][nodes[n]];
                }
                for (int i = 0; i < x.length; i++) {
                    for (int j = 0; j < x.length; j++) {
                        products[i * x.length + j] = x[i] * x[j];
                    }
                    for (int n = 0; n < z.length; n++) {
                        cross[i * z.length + n] = x[i] * z[n];
                    }
                }
                equations.add(1, products, cross, x, z);
            }
            return List.of(equations);
        }

        @Override
        public void close() {}
    }
}
