package io.fineprune.agent.inspect;

import io.fineprune.agent.tensorflow.units.Wiring;

/** Draws a network in Graphviz' language: layers of one group share a colour, those that are never pruned are grey. */
public final class DotPicture {
    private DotPicture() {}

    /** Returns a directed graph in the DOT language, drawn from the input down. */
    public static String of(ModelSummary summary) {
        StringBuilder dot = new StringBuilder("digraph ").append(quoted(summary.id()));
        dot.append(" {\n  node [shape=box, style=\"rounded,filled\", fontname=\"sans-serif\", fontsize=11];\n");
        for (int i = 0; i < summary.wiring().stops().size(); i++) {
            Wiring.Stop stop = summary.wiring().stops().get(i);
            String detail = Captions.detail(summary, stop);
            String label = Captions.title(summary, stop) + (detail.isEmpty() ? "" : "\n" + detail);
            String colour = Captions.hue(summary, stop)
                    .map(hue -> Captions.number(hue / 360) + " 0.350 0.950")
                    .orElse(stop.kind() == Wiring.Kind.LAYER ? "#d0d0d0" : "#ffffff");
            dot.append("  n%d [label=%s, tooltip=%s, fillcolor=\"%s\"%s];%n"
                    .formatted(
                            i,
                            quoted(label),
                            quoted(Captions.explanation(summary, stop)),
                            colour,
                            stop.kind() == Wiring.Kind.JOIN ? ", shape=ellipse" : ""));
        }
        for (Wiring.Link link : summary.wiring().links()) {
            dot.append("  n%d -> n%d;%n".formatted(link.from(), link.to()));
        }
        return dot.append("}\n").toString();
    }

    private static String quoted(String text) {
        return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n") + '"';
    }
}
