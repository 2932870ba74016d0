package io.fineprune.topology.repair;

import io.fineprune.topology.activation.Architecture;
import io.fineprune.topology.activation.Layer;
import io.fineprune.topology.activation.LayerKind;
import io.fineprune.topology.activation.ModelInput;
import io.fineprune.topology.activation.UnusableEventException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;

/**
 * Repairs a pruned model layer by layer on some of a user's inputs. Two streams go through the model side by side: the
 * teacher is whole and, where scaling is on, scaled to the user; the student is pruned, and each of its layers is either
 * scaled or solved again so that it gives what the teacher gives.
 */
public final class Sweep {
    private final LayerwiseModel model;
    private final Architecture architecture;
    private final RepairSettings settings;

    public Sweep(LayerwiseModel model, RepairSettings settings) {
        this.model = model;
        this.architecture = model.architecture();
        this.settings = settings;
    }

    /**
     * What a sweep yields, by the layer's index.
     *
     * @param teacher parameters of the whole model for this user
     * @param repairs of the pruned model; a layer without one has its masked source parameters
     * @param student parameters of the pruned model after the repairs
     */
    public record Repaired(
            Map<Integer, LayerParameters> teacher,
            Map<Integer, LayerRepair> repairs,
            Map<Integer, LayerParameters> student) {
        public Repaired {
            teacher = Map.copyOf(teacher);
            repairs = Map.copyOf(repairs);
            student = Map.copyOf(student);
        }
    }

    /**
     * Sweeps once over the layers. Ends early if the thread is interrupted.
     *
     * @param inputs the user's; at most {@link RepairSettings#sweepEvents()} of them are used
     * @throws UnusableEventException if an input has another shape than the model's
     * @throws CancellationException if the thread was interrupted
     */
    public Repaired run(List<ModelInput> inputs, MaskedLayers masked) throws UnusableEventException {
        return run(inputs, masked, Optional.empty());
    }

    /**
     * Sweeps once over the layers, to see what pruning costs each of them.
     *
     * @return [layers] share of the variance of the whole model's pre-activations that the layer cannot express any more after it
     *     was solved again; 0 for a layer that cannot be
     * @throws UnusableEventException if an input has another shape than the model's
     */
    public double[] residuals(List<ModelInput> inputs, MaskedLayers masked) throws UnusableEventException {
        double[] explained = new double[architecture.layers().size()];
        double[] variance = new double[explained.length];
        run(inputs, masked, Optional.of(new Measured(explained, variance)));
        for (int l = 0; l < explained.length; l++) {
            explained[l] = variance[l] > 0 && model.refittable(l)
                    ? Math.min(1, Math.max(0, 1 - explained[l] / variance[l]))
                    : 0;
        }
        return explained;
    }

    /** Sums over the nodes left of each layer. */
    private record Measured(double[] explained, double[] variance) {
        void variance(int layer, NodeMoments moments, int[] nodes) {
            for (int n : nodes) {
                variance[layer] += moments.deviation()[n] * moments.deviation()[n];
            }
        }
    }

    private Repaired run(List<ModelInput> inputs, MaskedLayers masked, Optional<Measured> measured)
            throws UnusableEventException {
        List<ModelInput> used = inputs.subList(0, Math.min(inputs.size(), settings.sweepEvents()));
        Map<Integer, LayerParameters> teacherParameters = new HashMap<>();
        Map<Integer, LayerRepair> repairs = new HashMap<>();
        Map<Integer, LayerParameters> studentParameters = new HashMap<>();
        try (LayerStream teacher = model.stream(used);
                LayerStream student = model.stream(used)) {
            for (int l = 0; l < architecture.layers().size(); l++) {
                requireUninterrupted();
                LayerParameters source = model.source(l);
                LayerParameters whole =
                        scaling(l, source, teacher).map(source::scaled).orElse(source);
                Optional<NodeMoments> wanted =
                        settings.biasCompensation() ? Optional.of(teacher.moments(l, whole)) : Optional.empty();
                if (measured.isPresent()) {
                    measured.get().variance(l, teacher.moments(l, whole), masked.nodes(l));
                }
                teacher.advance(l, whole);
                teacherParameters.put(l, whole);
                LayerParameters pruned = masked.parameters(l, source);
                Optional<LayerRepair> repair = repair(l, whole, pruned, masked, student, teacher, wanted, measured);
                LayerParameters after =
                        repair.map(r -> LayerRepair.apply(r, pruned)).orElse(pruned);
                student.advance(l, after);
                studentParameters.put(l, after);
                if (repair.isPresent()) {
                    repairs.put(l, repair.get());
                }
            }
        }
        return new Repaired(teacherParameters, repairs, studentParameters);
    }

    /**
     * Scales the whole model and prunes nothing.
     *
     * @param inputs the user's; at most {@link RepairSettings#sweepEvents()} of them are used
     * @return parameters by the layer's index; of a model that is not scaled none
     * @throws UnusableEventException if an input has another shape than the model's
     */
    public Map<Integer, LayerParameters> teacher(List<ModelInput> inputs) throws UnusableEventException {
        Map<Integer, LayerParameters> parameters = new HashMap<>();
        if (settings.scalingStrength() == 0) {
            return parameters;
        }
        try (LayerStream stream = model.stream(inputs.subList(0, Math.min(inputs.size(), settings.sweepEvents())))) {
            for (int l = 0; l < architecture.layers().size(); l++) {
                requireUninterrupted();
                LayerParameters source = model.source(l);
                Optional<HomeostaticScaling> scaling = scaling(l, source, stream);
                LayerParameters whole = scaling.map(source::scaled).orElse(source);
                stream.advance(l, whole);
                if (scaling.isPresent()) {
                    parameters.put(l, whole);
                }
            }
        }
        return parameters;
    }

    private static void requireUninterrupted() {
        if (Thread.currentThread().isInterrupted()) {
            throw new CancellationException("Interrupted while a model was repaired");
        }
    }

    private Optional<LayerRepair> repair(
            int l,
            LayerParameters whole,
            LayerParameters pruned,
            MaskedLayers masked,
            LayerStream student,
            LayerStream teacher,
            Optional<NodeMoments> wanted,
            Optional<Measured> measured) {
        if (settings.refit() && model.refittable(l)) {
            return Optional.of(new LayerRepair.Solved(solve(l, whole, masked, student, teacher, measured)));
        }
        Optional<HomeostaticScaling> scaling = scaling(l, pruned, student);
        if (wanted.isPresent()) {
            HomeostaticScaling scaled = scaling.orElseGet(() -> HomeostaticScaling.none(layerNodes(l)));
            NodeMoments found = student.moments(l, pruned.scaled(scaled));
            return Optional.of(new LayerRepair.Scaled(scaled.shifted(wanted.get(), found)));
        }
        return scaling.map(LayerRepair.Scaled::new);
    }

    private int layerNodes(int l) {
        return architecture.layers().get(l).nodes();
    }

    /** Absent without source moments, and at the output, whose scale is the decision. */
    private Optional<HomeostaticScaling> scaling(int l, LayerParameters parameters, LayerStream stream) {
        if (settings.scalingStrength() == 0 || l == architecture.layers().size() - 1) {
            return Optional.empty();
        }
        return model.sourceMoments(l)
                .map(source ->
                        HomeostaticScaling.towards(source, stream.moments(l, parameters), settings.scalingStrength()));
    }

    private LayerParameters solve(
            int l,
            LayerParameters whole,
            MaskedLayers masked,
            LayerStream student,
            LayerStream teacher,
            Optional<Measured> measured) {
        Layer layer = architecture.layers().get(l);
        int[] nodes = masked.nodes(l);
        int[] places = masked.weights(l);
        float[] weights = new float[whole.weights().length];
        float[] biases = new float[layer.nodes()];
        if (layer.kind() == LayerKind.DEPTHWISE) {
            List<NormalEquations> equations = student.equations(l, channels(layer, nodes), nodes, teacher);
            for (int n = 0; n < nodes.length; n++) {
                solve(
                        layer,
                        equations.get(n),
                        whole,
                        every(places, n, nodes.length),
                        new int[] {nodes[n]},
                        weights,
                        biases,
                        l,
                        measured);
            }
        } else {
            NormalEquations equations =
                    student.equations(l, masked.inputs(l), nodes, teacher).get(0);
            solve(layer, equations, whole, places, nodes, weights, biases, l, measured);
        }
        return new LayerParameters(weights, biases);
    }

    /** Solves one problem and puts its weights back in their places. */
    private void solve(
            Layer layer,
            NormalEquations equations,
            LayerParameters whole,
            int[] places,
            int[] nodes,
            float[] weights,
            float[] biases,
            int l,
            Optional<Measured> measured) {
        float[] old = new float[places.length];
        for (int i = 0; i < places.length; i++) {
            old[i] = whole.weights()[places[i]];
        }
        NormalEquations.Fit fit = equations.fit(old, settings.ridge(), layer.biased());
        for (int i = 0; i < places.length; i++) {
            weights[places[i]] = fit.weights()[i];
        }
        for (int n = 0; n < nodes.length; n++) {
            biases[nodes[n]] = fit.bias()[n];
        }
        if (measured.isPresent()) {
            measured.get().explained()[l] += equations.explained(fit.weights(), layer.biased());
        }
    }

    private static int[] channels(Layer layer, int[] nodes) {
        int multiplier = layer.nodes() / layer.inputs();
        int[] channels = new int[nodes.length];
        for (int n = 0; n < nodes.length; n++) {
            channels[n] = nodes[n] / multiplier;
        }
        return channels;
    }

    private static int[] every(int[] values, int first, int step) {
        int[] some = new int[values.length / step];
        for (int i = 0; i < some.length; i++) {
            some[i] = values[first + i * step];
        }
        return some;
    }
}
