package io.fineprune.topology.pruning;

import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/**
 * Chooses which indices are kept, given scores. The lowest scores are removed first; of equal scores the lower index
 * goes first (in the lower set first, where sets compete), so that the same scores always give the same choice.
 */
final class Selection {
    private Selection() {}

    /** Returns the kept indices of one set of scores; at least one is kept. */
    static BitSet keep(double[] scores, int removed) {
        BitSet kept = new BitSet(scores.length);
        kept.set(0, scores.length);
        int count = Math.min(removed, scores.length - 1);
        if (count > 0) {
            clearLowest(scores, count, kept);
        }
        return kept;
    }

    /**
     * Kept indices of sets that compete under one threshold, each divided by its mean to make it comparable; the best of
     * each set always stays.
     *
     * @param limits how many of each set may go, fewer than all
     * @param removed over all sets
     */
    static List<BitSet> keepGlobally(List<double[]> sets, int[] limits, int removed) {
        int total = sets.stream().mapToInt(set -> set.length).sum();
        double[] all = new double[total];
        int from = 0;
        int removable = 0;
        for (int s = 0; s < limits.length; s++) {
            double[] set = sets.get(s);
            double mean = UnitScores.mean(set);
            for (int i = 0; i < set.length; i++) {
                all[from + i] = mean == 0 ? 0 : set[i] / mean;
            }
            BitSet stays = keep(set, limits[s]);
            for (int i = stays.nextSetBit(0); i >= 0; i = stays.nextSetBit(i + 1)) {
                all[from + i] = Double.POSITIVE_INFINITY;
            }
            removable += limits[s];
            from += set.length;
        }
        BitSet kept = new BitSet(total);
        kept.set(0, total);
        int count = Math.min(removed, removable);
        if (count > 0) {
            clearLowest(all, count, kept);
        }
        return split(kept, sets);
    }

    /**
     * Kept indices of a layer's weights when the same number goes of every so many that follow each other among a node's inputs;
     * a last group that is shorter loses in proportion, rounded down.
     *
     * @param scores [inputs, nodes], inputs unfolded
     * @param size of a group
     * @param removed of a group, less than its size
     */
    static BitSet keepPattern(double[] scores, int nodes, int size, int removed) {
        int inputs = scores.length / nodes;
        BitSet kept = new BitSet(scores.length);
        for (int n = 0; n < nodes; n++) {
            for (int from = 0; from < inputs; from += size) {
                double[] group = new double[Math.min(size, inputs - from)];
                for (int i = 0; i < group.length; i++) {
                    group[i] = scores[(from + i) * nodes + n];
                }
                BitSet stays = keep(group, removed * group.length / size);
                for (int i = stays.nextSetBit(0); i >= 0; i = stays.nextSetBit(i + 1)) {
                    kept.set((from + i) * nodes + n);
                }
            }
        }
        return kept;
    }

    private static void clearLowest(double[] scores, int count, BitSet kept) {
        double[] sorted = scores.clone();
        Arrays.sort(sorted);
        double threshold = sorted[count - 1];
        int left = count;
        for (int i = 0; i < scores.length; i++) {
            if (scores[i] < threshold) {
                kept.clear(i);
                left--;
            }
        }
        for (int i = 0; left > 0; i++) {
            if (scores[i] == threshold) {
                kept.clear(i);
                left--;
            }
        }
    }

    private static List<BitSet> split(BitSet kept, List<double[]> sets) {
        BitSet[] parts = new BitSet[sets.size()];
        int from = 0;
        for (int s = 0; s < parts.length; s++) {
            int to = from + sets.get(s).length;
            parts[s] = kept.get(from, to);
            from = to;
        }
        return List.of(parts);
    }
}
