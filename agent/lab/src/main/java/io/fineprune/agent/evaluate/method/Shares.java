package io.fineprune.agent.evaluate.method;

import io.fineprune.topology.pruning.SparsityReport;

/**
 * What was removed, three ways, each 0 to 1.
 *
 * @param nodes of prunable layers
 * @param weights of all layers
 * @param macs of all layers
 */
public record Shares(double nodes, double weights, double macs) {
    public static final Shares NONE = new Shares(0, 0, 0);

    public static Shares of(SparsityReport report) {
        return new Shares(report.nodeShare(), report.weightShare(), report.macShare());
    }
}
