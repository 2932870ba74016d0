package io.fineprune.topology.testing;

import io.fineprune.schemas.v1.Criterion;
import io.fineprune.schemas.v1.Granularity;
import io.fineprune.schemas.v1.Scope;
import io.fineprune.topology.activation.Architecture;
import io.fineprune.topology.activation.Layer;
import io.fineprune.topology.activation.LayerKind;
import io.fineprune.topology.activation.UnitGroup;
import io.fineprune.topology.pruning.PruningPlan;
import io.fineprune.topology.sums.ActivationSums;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;

/**
 * Algorithm 1 word for word, without care for speed: while fewer than the wanted share is gone, the smallest of what is
 * left goes. Written apart from the code under test and sharing nothing with it. Knows the criteria ACTIVATION,
 * CONTRIBUTION, FLUCTUATION and MAGNITUDE.
 */
public final class ReferencePruner {
    private final Architecture net;
    private final IntFunction<float[]> weights;
    private final ActivationSums sums;
    private final PruningPlan plan;

    public ReferencePruner(Architecture net, IntFunction<float[]> weights, ActivationSums sums, PruningPlan plan) {
        this.net = net;
        this.weights = weights;
        this.sums = sums;
        this.plan = plan;
    }

    /** [layers][nodes or weights] true keeps. */
    public boolean[][] prune() {
        return plan.granularity() == Granularity.GRANULARITY_NODE ? pruneNodes() : pruneWeights();
    }

    private boolean[][] pruneNodes() {
        List<double[]> scores = new ArrayList<>();
        for (UnitGroup group : net.groups()) {
            double[] ofGroup = new double[group.size()];
            for (int u = 0; u < ofGroup.length; u++) {
                ofGroup[u] = unitScore(group, group.firstUnit() + u);
            }
            scores.add(ofGroup);
        }
        List<boolean[]> kept = remove(scores);
        boolean[][] mask = new boolean[net.layers().size()][];
        for (int l = 0; l < mask.length; l++) {
            mask[l] = new boolean[net.layers().get(l).nodes()];
            for (int n = 0; n < mask[l].length; n++) {
                int unit = net.layers().get(l).outputUnit(n);
                mask[l][n] = unit < 0 || keptUnit(kept, unit);
            }
        }
        return mask;
    }

    private boolean keptUnit(List<boolean[]> kept, int unit) {
        for (int g = 0; g < net.groups().size(); g++) {
            UnitGroup group = net.groups().get(g);
            if (unit >= group.firstUnit() && unit < group.firstUnit() + group.size()) {
                return kept.get(g)[unit - group.firstUnit()];
            }
        }
        throw new IllegalStateException("No group has unit " + unit);
    }

    private double unitScore(UnitGroup group, int unit) {
        double score = 0;
        if (plan.criterion() == Criterion.CRITERION_ACTIVATION || plan.criterion() == Criterion.CRITERION_MAGNITUDE) {
            for (int l : group.layers()) {
                Layer layer = net.layers().get(l);
                double ofUnit = 0;
                double ofAll = 0;
                for (int n = 0; n < layer.nodes(); n++) {
                    double ofNode = plan.criterion() == Criterion.CRITERION_ACTIVATION
                            ? sums.absolute(layer.firstTap() + n)
                            : l1(l, -1, n);
                    ofAll += ofNode;
                    ofUnit += layer.outputUnit(n) == unit ? ofNode : 0;
                }
                score += group.layers().size() == 1
                        ? ofUnit
                        : ofUnit / (ofAll / group.size() * group.layers().size());
            }
            return score;
        }
        for (int l = 0; l < net.layers().size(); l++) {
            Layer layer = net.layers().get(l);
            if (layer.kind() == LayerKind.DEPTHWISE) {
                continue;
            }
            for (int i = 0; i < layer.inputs(); i++) {
                if (layer.inputUnit(i) == unit) {
                    score += activity(layer.inputTap(i)) * l1(l, i, -1);
                }
            }
        }
        return score;
    }

    /** L1 norm of the weights of one input (node -1) or of one node (input -1). */
    private double l1(int index, int input, int node) {
        Layer layer = net.layers().get(index);
        float[] w = weights.apply(index);
        double sum = 0;
        int at = 0;
        for (int k = 0; k < layer.kernelSize(); k++) {
            for (int i = 0; i < (layer.kind() == LayerKind.DEPTHWISE ? 1 : layer.inputs()); i++) {
                for (int n = 0; n < layer.nodes(); n++) {
                    if ((input < 0 || i == input) && (node < 0 || n == node)) {
                        sum += Math.abs(w[at]);
                    }
                    at++;
                }
            }
        }
        return sum;
    }

    private double activity(int tap) {
        if (plan.criterion() != Criterion.CRITERION_FLUCTUATION) {
            return plan.criterion() == Criterion.CRITERION_MAGNITUDE ? 1 : sums.absolute(tap);
        }
        for (Layer layer : net.layers()) {
            if (tap >= layer.firstTap() && tap < layer.firstTap() + layer.nodes()) {
                double n = layer.positions() * (double) sums.events();
                double mean = sums.linear(tap) / n;
                return Math.sqrt(Math.max(0, sums.squared(tap) / n - mean * mean));
            }
        }
        return Math.sqrt(sums.squared(tap));
    }

    private boolean[][] pruneWeights() {
        List<double[]> scores = new ArrayList<>();
        for (int l = 0; l < net.layers().size(); l++) {
            Layer layer = net.layers().get(l);
            float[] w = weights.apply(l);
            double[] ofLayer = new double[w.length];
            int at = 0;
            for (int k = 0; k < layer.kernelSize(); k++) {
                for (int i = 0; i < (layer.kind() == LayerKind.DEPTHWISE ? 1 : layer.inputs()); i++) {
                    for (int n = 0; n < layer.nodes(); n++) {
                        int input = layer.kind() == LayerKind.DEPTHWISE ? n : i;
                        ofLayer[at] = Math.abs(w[at]) * activity(layer.inputTap(input));
                        at++;
                    }
                }
            }
            scores.add(ofLayer);
        }
        return remove(scores).toArray(new boolean[0][]);
    }

    private List<boolean[]> remove(List<double[]> scores) {
        List<boolean[]> kept = new ArrayList<>();
        for (double[] set : scores) {
            boolean[] all = new boolean[set.length];
            java.util.Arrays.fill(all, true);
            kept.add(all);
        }
        if (plan.scope() == Scope.SCOPE_GLOBAL) {
            List<double[]> comparable = new ArrayList<>();
            int total = 0;
            for (double[] set : scores) {
                double mean = java.util.Arrays.stream(set).sum() / set.length;
                comparable.add(java.util.Arrays.stream(set).map(s -> s / mean).toArray());
                total += set.length;
            }
            removeSmallest(comparable, kept, Math.round(plan.sparsity() * total));
        } else {
            for (int s = 0; s < scores.size(); s++) {
                removeSmallest(
                        List.of(scores.get(s)),
                        List.of(kept.get(s)),
                        Math.round(plan.sparsity() * scores.get(s).length));
            }
        }
        return kept;
    }

    private static void removeSmallest(List<double[]> scores, List<boolean[]> kept, long count) {
        for (long removed = 0; removed < count; removed++) {
            int set = -1;
            int index = -1;
            for (int s = 0; s < scores.size(); s++) {
                if (left(kept.get(s)) < 2) {
                    continue;
                }
                for (int i = 0; i < scores.get(s).length; i++) {
                    if (kept.get(s)[i] && (set < 0 || scores.get(s)[i] < scores.get(set)[index])) {
                        set = s;
                        index = i;
                    }
                }
            }
            if (set < 0) {
                return;
            }
            kept.get(set)[index] = false;
        }
    }

    private static int left(boolean[] kept) {
        int left = 0;
        for (boolean k : kept) {
            left += k ? 1 : 0;
        }
        return left;
    }
}
