package io.fineprune.agent.inspect;

import io.fineprune.agent.tensorflow.units.Wiring;
import java.util.Locale;
import java.util.Optional;

/** Texts and colours of the boxes in pictures of a network. */
final class Captions {
    private static final double GOLDEN_ANGLE = 137.508;
    private static final int MAX_NAME = 32;

    private Captions() {}

    static String title(ModelSummary summary, Wiring.Stop stop) {
        String name = SummaryTable.shortened(stop.name());
        String shown = name.length() <= MAX_NAME ? name : "..." + name.substring(name.length() - MAX_NAME + 3);
        return switch (stop.kind()) {
            case INPUT -> "input";
            case OUTPUT -> "output";
            case JOIN -> stop.operation();
            case LAYER -> shown;
        };
    }

    static String detail(ModelSummary summary, Wiring.Stop stop) {
        return switch (stop.kind()) {
            case INPUT -> summary.input();
            case OUTPUT -> summary.classes() + " classes";
            case JOIN -> "";
            case LAYER -> {
                ModelSummary.Row row = summary.rows().get(stop.layer());
                yield "%s, %d nodes%s"
                        .formatted(
                                row.kind(),
                                row.nodes(),
                                row.group().map(group -> ", g" + (group + 1)).orElse(", kept"));
            }
        };
    }

    /** Returns the full description of a layer, which a picture shows as a tooltip. */
    static String explanation(ModelSummary summary, Wiring.Stop stop) {
        if (stop.kind() != Wiring.Kind.LAYER) {
            return stop.name();
        }
        ModelSummary.Row row = summary.rows().get(stop.layer());
        return "%s: %s weights, %s MACs; %s"
                .formatted(
                        row.name(),
                        SummaryTable.grouped(row.weights()),
                        SummaryTable.grouped(row.macs()),
                        row.whyNot()
                                .map(reason -> "not pruned: " + reason)
                                .orElse("%d of %d nodes prunable".formatted(row.prunableNodes(), row.nodes())));
    }

    /** Returns the hue of a stop's group in degrees, far from its neighbours'; empty if the stop is not pruned. */
    static Optional<Double> hue(ModelSummary summary, Wiring.Stop stop) {
        return stop.kind() == Wiring.Kind.LAYER
                ? summary.rows().get(stop.layer()).group().map(group -> group * GOLDEN_ANGLE % 360)
                : Optional.empty();
    }

    static String number(double value) {
        return String.format(Locale.ROOT, "%.3f", value);
    }
}
