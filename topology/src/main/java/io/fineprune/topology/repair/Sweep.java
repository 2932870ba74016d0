package io.fineprune.topology.repair;

import io.fineprune.schemas.v1.Granularity;
import io.fineprune.topology.activation.Architecture;
import io.fineprune.topology.activation.Layer;
import io.fineprune.topology.activation.LayerKind;
import io.fineprune.topology.activation.ModelInput;
import io.fineprune.topology.activation.UnusableEventException;
import io.fineprune.topology.pruning.Mask;
import io.fineprune.topology.pruning.SparsityReport;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

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
     * Parameters by the layer's index; layers that keep the source model's are absent.
     *
     * @param teacher the whole model for this user
     * @param student the pruned model for this user
     */
    public record Repaired(Map<Integer, LayerParameters> teacher, Map<Integer, LayerParameters> student) {
        public Repaired {
            teacher = Map.copyOf(teacher);
            student = Map.copyOf(student);
        }
    }

    /**
     * Sweeps once over the layers.
     *
     * @param inputs the user's; at most {@link RepairSettings#sweepEvents()} of them are used
     * @throws UnusableEventException if an input has another shape than the model's
     */
    public Repaired run(List<ModelInput> inputs, Mask mask) throws UnusableEventException {
        List<ModelInput> used = inputs.subList(0, Math.min(inputs.size(), settings.sweepEvents()));
        BitSet keptUnits = SparsityReport.keptUnits(architecture, mask);
        Map<Integer, LayerParameters> teacherParameters = new HashMap<>();
        Map<Integer, LayerParameters> studentParameters = new HashMap<>();
        try (LayerStream teacher = model.stream(used);
                LayerStream student = model.stream(used)) {
            for (int l = 0; l < architecture.layers().size(); l++) {
                LayerParameters whole = scaled(l, model.source(l), teacher);
                teacher.advance(l, whole);
                LayerParameters pruned = repaired(l, whole, mask, keptUnits, student, teacher);
                student.advance(l, pruned);
                teacherParameters.put(l, whole);
                studentParameters.put(l, pruned);
            }
        }
        return new Repaired(teacherParameters, studentParameters);
    }

    private LayerParameters repaired(
            int l, LayerParameters whole, Mask mask, BitSet keptUnits, LayerStream student, LayerStream teacher) {
        Layer layer = architecture.layers().get(l);
        if (settings.refit() && model.refittable(l)) {
            int[] nodes = kept(layer.outputUnits(), keptUnits);
            int[] inputs = kept(layer.inputUnits(), keptUnits);
            return refit(
                    layer, whole, inputs, nodes, student.equations(l, inputsOf(layer, inputs, nodes), nodes, teacher));
        }
        return scaled(l, masked(l, layer, mask, keptUnits), student);
    }

    /** The layer scaled on a stream; unchanged without source moments, and at the output, whose scale is the decision. */
    private LayerParameters scaled(int l, LayerParameters parameters, LayerStream stream) {
        if (settings.scalingStrength() == 0 || l == architecture.layers().size() - 1) {
            return parameters;
        }
        return model.sourceMoments(l)
                .map(source -> parameters.scaled(
                        HomeostaticScaling.towards(source, stream.moments(l, parameters), settings.scalingStrength())))
                .orElse(parameters);
    }

    private LayerParameters masked(int l, Layer layer, Mask mask, BitSet keptUnits) {
        LayerParameters source = model.source(l);
        float[] weights = source.weights().clone();
        float[] biases = source.biases().clone();
        boolean byWeight = mask.granularity() == Granularity.GRANULARITY_WEIGHT;
        for (int i = 0; i < weights.length; i++) {
            boolean keeps = byWeight ? mask.keeps(l, i) : keepsEdge(layer, i, keptUnits);
            if (!keeps) {
                weights[i] = 0;
            }
        }
        for (int n = 0; n < biases.length; n++) {
            if (removed(layer.outputUnit(n), keptUnits)) {
                biases[n] = 0;
            }
        }
        return new LayerParameters(weights, biases);
    }

    private static boolean keepsEdge(Layer layer, int index, BitSet keptUnits) {
        int node = index % layer.nodes();
        if (removed(layer.outputUnit(node), keptUnits)) {
            return false;
        }
        return layer.kind() == LayerKind.DEPTHWISE
                || !removed(layer.inputUnit(index / layer.nodes() % layer.inputs()), keptUnits);
    }

    private LayerParameters refit(
            Layer layer, LayerParameters whole, int[] inputs, int[] nodes, List<NormalEquations> equations) {
        float[] weights = new float[whole.weights().length];
        float[] biases = new float[layer.nodes()];
        if (layer.kind() == LayerKind.DEPTHWISE) {
            for (int n = 0; n < nodes.length; n++) {
                float[] old = new float[layer.kernelSize()];
                for (int k = 0; k < old.length; k++) {
                    old[k] = whole.weights()[k * layer.nodes() + nodes[n]];
                }
                NormalEquations.Fit fit = equations.get(n).fit(old, settings.ridge(), layer.biased());
                for (int k = 0; k < old.length; k++) {
                    weights[k * layer.nodes() + nodes[n]] = fit.weights()[k];
                }
                biases[nodes[n]] = fit.bias()[0];
            }
            return new LayerParameters(weights, biases);
        }
        int[] rows = new int[layer.kernelSize() * inputs.length];
        for (int i = 0; i < rows.length; i++) {
            rows[i] = i / inputs.length * layer.inputs() + inputs[i % inputs.length];
        }
        float[] old = new float[rows.length * nodes.length];
        for (int i = 0; i < old.length; i++) {
            old[i] = whole.weights()[rows[i / nodes.length] * layer.nodes() + nodes[i % nodes.length]];
        }
        NormalEquations.Fit fit = equations.get(0).fit(old, settings.ridge(), layer.biased());
        for (int i = 0; i < old.length; i++) {
            weights[rows[i / nodes.length] * layer.nodes() + nodes[i % nodes.length]] = fit.weights()[i];
        }
        for (int n = 0; n < nodes.length; n++) {
            biases[nodes[n]] = fit.bias()[n];
        }
        return new LayerParameters(weights, biases);
    }

    private static int[] inputsOf(Layer layer, int[] inputs, int[] nodes) {
        if (layer.kind() != LayerKind.DEPTHWISE) {
            return inputs;
        }
        int multiplier = layer.nodes() / layer.inputs();
        int[] channels = new int[nodes.length];
        for (int n = 0; n < nodes.length; n++) {
            channels[n] = nodes[n] / multiplier;
        }
        return channels;
    }

    private static int[] kept(int[] units, BitSet keptUnits) {
        List<Integer> kept = new ArrayList<>();
        for (int i = 0; i < units.length; i++) {
            if (!removed(units[i], keptUnits)) {
                kept.add(i);
            }
        }
        return kept.stream().mapToInt(Integer::intValue).toArray();
    }

    private static boolean removed(int unit, BitSet keptUnits) {
        return unit >= 0 && !keptUnits.get(unit);
    }
}
