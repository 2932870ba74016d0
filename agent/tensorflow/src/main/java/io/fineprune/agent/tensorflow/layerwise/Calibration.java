package io.fineprune.agent.tensorflow.layerwise;

import io.fineprune.agent.model.SourceMoments;
import io.fineprune.topology.activation.Architecture;
import io.fineprune.topology.activation.Layer;
import io.fineprune.topology.activation.ModelInput;
import io.fineprune.topology.activation.UnusableEventException;
import io.fineprune.topology.repair.ClassMoments;
import io.fineprune.topology.repair.Features;
import io.fineprune.topology.repair.InputScaling;
import io.fineprune.topology.repair.LayerStream;
import io.fineprune.topology.repair.LayerwiseModel;
import io.fineprune.topology.repair.NodeMoments;
import io.fineprune.topology.repair.SourceClasses;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Measures the source moments of a model, and finds those of a model's layers again. */
public final class Calibration {
    /** Events that are measured at most; more do not change the moments noticeably. */
    public static final int ENOUGH_EVENTS = 1000;

    /** Moments for each class are only kept up to this many numbers, since a larger file takes seconds to read. */
    private static final long MOST_NUMBERS = 1_000_000;

    private static final int FEWEST_USERS = 3;
    private static final int MOST_USERS = 32;

    private Calibration() {}

    /**
     * Measures the moments on source data.
     *
     * @param bands of the input; 0 where it is no numbers
     * @param inputs at least one; evenly chosen from, if there are more than {@value #ENOUGH_EVENTS}
     * @param labels [inputs] their classes; empty if unknown: then nothing is measured for each class by itself
     * @param users [inputs] whose they are; empty if unknown
     * @throws UnusableEventException if an input has another shape than the model's
     */
    public static SourceMoments measure(
            LayerwiseModel model, int bands, List<ModelInput> inputs, int[] labels, List<String> users)
            throws UnusableEventException {
        int count = Math.min(ENOUGH_EVENTS, inputs.size());
        int[] chosen = new int[count];
        for (int i = 0; i < count; i++) {
            chosen[i] = (int) ((long) i * inputs.size() / count);
        }
        List<ModelInput> used = Arrays.stream(chosen).mapToObj(inputs::get).toList();
        Architecture architecture = model.architecture();
        List<SourceMoments.LayerMoments> layers = new ArrayList<>();
        try (LayerStream stream = model.stream(used)) {
            for (int l = 0; l < architecture.layers().size(); l++) {
                NodeMoments moments = stream.moments(l, model.source(l));
                stream.advance(l, model.source(l));
                layers.add(new SourceMoments.LayerMoments(
                        architecture.layers().get(l).name(), moments.mean(), moments.deviation()));
            }
        }
        SourceMoments.LayerMoments input = bands == 0 ? null : input(bands, used);
        int classes = architecture.classes();
        int[] classOf = labels.length == 0
                ? labels
                : Arrays.stream(chosen).map(i -> labels[i]).toArray();
        if (Arrays.stream(classOf).distinct().count() < classes
                || (long) classes * architecture.units() > MOST_NUMBERS) {
            return new SourceMoments(architecture.fingerprint(), count, layers, input);
        }
        Features features = model.answer(used, Map.of()).features();
        return new SourceMoments(
                architecture.fingerprint(),
                count,
                layers,
                input,
                byClass(model, used, classOf),
                SourceClasses.of(features, classOf, classes)
                        .map(known -> new SourceMoments.FeatureClasses(known.means(), known.directions(), known.rest()))
                        .orElse(null),
                byUser(
                        features,
                        classOf,
                        users.isEmpty()
                                ? List.of()
                                : Arrays.stream(chosen).mapToObj(users::get).toList(),
                        classes));
    }

    /** Returns the mean inputs by class of each user who has all classes, in alphabetical order of the users. */
    private static @Nullable List<double[][]> byUser(
            Features features, int[] classOf, List<String> users, int classes) {
        int dimensions = features.dimensions();
        Map<String, double[][]> sums = new TreeMap<>();
        Map<String, int[]> counts = new HashMap<>();
        for (int e = 0; e < users.size(); e++) {
            double[][] sum = sums.computeIfAbsent(users.get(e), user -> new double[classes][dimensions]);
            counts.computeIfAbsent(users.get(e), user -> new int[classes])[classOf[e]]++;
            for (int d = 0; d < dimensions; d++) {
                sum[classOf[e]][d] += features.values()[e * dimensions + d];
            }
        }
        List<double[][]> means = new ArrayList<>();
        sums.forEach((user, sum) -> {
            int[] count = Objects.requireNonNull(counts.get(user));
            if (Arrays.stream(count).allMatch(c -> c > 0) && means.size() < MOST_USERS) {
                for (int c = 0; c < classes; c++) {
                    for (int d = 0; d < dimensions; d++) {
                        sum[c][d] /= count[c];
                    }
                }
                means.add(sum);
            }
        });
        return means.size() < FEWEST_USERS ? null : means;
    }

    private static List<SourceMoments.ClassLayer> byClass(LayerwiseModel model, List<ModelInput> used, int[] classOf)
            throws UnusableEventException {
        Architecture architecture = model.architecture();
        int classes = architecture.classes();
        double[][][] mean = new double[architecture.layers().size()][classes][];
        double[][][] square = new double[mean.length][classes][];
        for (int c = 0; c < classes; c++) {
            int wanted = c;
            List<ModelInput> ofClass = IntStream.range(0, classOf.length)
                    .filter(i -> classOf[i] == wanted)
                    .mapToObj(used::get)
                    .toList();
            try (LayerStream stream = model.stream(ofClass)) {
                for (int l = 0; l < mean.length; l++) {
                    NodeMoments moments = stream.moments(l, model.source(l));
                    stream.advance(l, model.source(l));
                    mean[l][c] = moments.mean();
                    square[l][c] = new double[moments.nodes()];
                    for (int n = 0; n < moments.nodes(); n++) {
                        square[l][c][n] =
                                moments.deviation()[n] * moments.deviation()[n] + moments.mean()[n] * moments.mean()[n];
                    }
                }
            }
        }
        List<SourceMoments.ClassLayer> layers = new ArrayList<>();
        for (int l = 0; l < mean.length; l++) {
            layers.add(new SourceMoments.ClassLayer(architecture.layers().get(l).name(), mean[l], square[l]));
        }
        return layers;
    }

    private static SourceMoments.LayerMoments input(int bands, List<ModelInput> inputs) throws UnusableEventException {
        NodeMoments moments = InputScaling.moments(bands, inputs);
        return new SourceMoments.LayerMoments("input", moments.mean(), moments.deviation());
    }

    /** The moments of the input's bands, if these are known. */
    public static Optional<NodeMoments> ofInput(SourceMoments moments, int bands) {
        return Optional.ofNullable(moments.input())
                .filter(input -> input.mean().length == bands && input.deviation().length == bands)
                .map(input -> new NodeMoments(input.mean(), input.deviation()));
    }

    /** The moments for each class by the layer's index, of those layers of which they are known. */
    public static Map<Integer, ClassMoments> byClass(SourceMoments moments, Architecture architecture) {
        Map<Integer, ClassMoments> found = new HashMap<>();
        List<SourceMoments.ClassLayer> known = moments.byClass() == null ? List.of() : moments.byClass();
        for (int l = 0; l < architecture.layers().size(); l++) {
            Layer layer = architecture.layers().get(l);
            int index = l;
            known.stream()
                    .filter(m -> m.layer().equals(layer.name())
                            && m.mean().length == architecture.classes()
                            && m.mean()[0].length == layer.nodes())
                    .findFirst()
                    .ifPresent(m -> found.put(index, new ClassMoments(m.mean(), m.square())));
        }
        return found;
    }

    /** Mean inputs of the last layer by user and class, if they are known. */
    public static Optional<double[][][]> users(SourceMoments moments, Architecture architecture) {
        int inputs = architecture.layers().get(architecture.layers().size() - 1).inputs();
        return Optional.ofNullable(moments.users())
                .filter(users -> users.size() >= FEWEST_USERS
                        && users.get(0).length == architecture.classes()
                        && users.get(0)[0].length == inputs)
                .map(users -> users.toArray(double[][][]::new));
    }

    /** How the classes lie among the inputs of the last layer, if that is known. */
    public static Optional<SourceClasses> classes(SourceMoments moments, Architecture architecture) {
        int inputs = architecture.layers().get(architecture.layers().size() - 1).inputs();
        return Optional.ofNullable(moments.features())
                .filter(f -> f.means().length == architecture.classes() && f.rest().length == inputs)
                .map(f -> new SourceClasses(f.means(), f.directions(), f.rest()));
    }

    /**
     * The moments by the layer's index.
     *
     * @throws IllegalArgumentException if they were measured on another graph
     */
    public static Map<Integer, NodeMoments> of(SourceMoments moments, Architecture architecture) {
        if (!moments.fingerprint().equals(architecture.fingerprint())) {
            throw new IllegalArgumentException(
                    "Expected source moments of the model with fingerprint %s, but were of %s; calibrate it again"
                            .formatted(architecture.fingerprint(), moments.fingerprint()));
        }
        Map<Integer, NodeMoments> found = new HashMap<>();
        for (int l = 0; l < architecture.layers().size(); l++) {
            Layer layer = architecture.layers().get(l);
            int index = l;
            moments.layers().stream()
                    .filter(m -> m.layer().equals(layer.name()) && m.mean().length == layer.nodes())
                    .findFirst()
                    .ifPresent(m -> found.put(index, new NodeMoments(m.mean(), m.deviation())));
        }
        return found;
    }
}
