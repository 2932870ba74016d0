package io.fineprune.agent.inspect;

import io.fineprune.agent.tensorflow.units.Wiring;
import java.util.ArrayList;
import java.util.List;

/**
 * Draws a network as SVG, from the input down: layers of one group share a colour, those that are never pruned are grey. Paths
 * that pass by boxes are bent to the right of them.
 */
public final class SvgPicture {
    private static final int BOX_WIDTH = 250;
    private static final int BOX_HEIGHT = 40;
    private static final int GAP_X = 30;
    private static final int GAP_Y = 26;
    private static final int MARGIN = 20;
    private static final int BEND = 150;

    private final ModelSummary summary;
    private final int[] rank;
    private final int[] place;
    private final int[] widthOfRank;
    private final int columns;

    private SvgPicture(ModelSummary summary) {
        this.summary = summary;
        int count = summary.wiring().stops().size();
        this.rank = new int[count];
        for (Wiring.Link link : summary.wiring().links()) {
            rank[link.to()] = Math.max(rank[link.to()], rank[link.from()] + 1);
        }
        this.place = new int[count];
        this.widthOfRank = new int[count + 1];
        int most = 1;
        for (int i = 0; i < count; i++) {
            place[i] = widthOfRank[rank[i]]++;
            most = Math.max(most, widthOfRank[rank[i]]);
        }
        this.columns = most;
    }

    /** Returns a complete SVG document. */
    public static String of(ModelSummary summary) {
        return new SvgPicture(summary).draw();
    }

    private String draw() {
        List<String> parts = new ArrayList<>();
        int ranks = 0;
        for (int r : rank) {
            ranks = Math.max(ranks, r + 1);
        }
        int width = 2 * MARGIN + columns * BOX_WIDTH + (columns - 1) * GAP_X + BEND;
        int height = 2 * MARGIN + ranks * BOX_HEIGHT + (ranks - 1) * GAP_Y;
        parts.add(("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" viewBox=\"0 0 %d %d\""
                        + " font-family=\"sans-serif\" font-size=\"11\">")
                .formatted(width, height, width, height));
        parts.add("<title>%s</title>".formatted(escaped(summary.id())));
        parts.add("<defs><marker id=\"tip\" viewBox=\"0 0 8 8\" refX=\"8\" refY=\"4\" markerWidth=\"7\""
                + " markerHeight=\"7\" orient=\"auto\"><path d=\"M0 0L8 4L0 8z\" fill=\"#555\"/></marker></defs>");
        parts.add("<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>");
        summary.wiring().links().forEach(link -> parts.add(path(link)));
        for (int i = 0; i < rank.length; i++) {
            parts.add(box(i));
        }
        parts.add("</svg>");
        return String.join("\n", parts) + "\n";
    }

    private int centre(int stop) {
        int used = widthOfRank[rank[stop]];
        int all = columns * (BOX_WIDTH + GAP_X);
        return MARGIN + (2 * place[stop] + 1) * all / (2 * used) - GAP_X / 2;
    }

    private int top(int stop) {
        return MARGIN + rank[stop] * (BOX_HEIGHT + GAP_Y);
    }

    private String path(Wiring.Link link) {
        int x1 = centre(link.from());
        int y1 = top(link.from()) + BOX_HEIGHT;
        int x2 = centre(link.to());
        int y2 = top(link.to());
        int span = rank[link.to()] - rank[link.from()];
        int aside = span <= 1 ? 0 : BOX_WIDTH / 2 + Math.min(BEND, 40 + 12 * span);
        int middle = GAP_Y / 2 + (span > 1 ? BOX_HEIGHT : 0);
        return ("<path d=\"M%d %dC%d %d %d %d %d %d\" fill=\"none\" stroke=\"#555\"" + " marker-end=\"url(#tip)\"/>")
                .formatted(x1, y1, x1 + aside * 4 / 3, y1 + middle, x2 + aside * 4 / 3, y2 - middle, x2, y2);
    }

    private String box(int index) {
        Wiring.Stop stop = summary.wiring().stops().get(index);
        boolean join = stop.kind() == Wiring.Kind.JOIN;
        int width = join ? 120 : BOX_WIDTH;
        String colour = Captions.hue(summary, stop)
                .map(hue -> "hsl(" + Captions.number(hue) + ",60%,82%)")
                .orElse(stop.kind() == Wiring.Kind.LAYER ? "#d0d0d0" : "#fff");
        String detail = Captions.detail(summary, stop);
        int x = centre(index);
        int y = top(index);
        String text = "<text x=\"%d\" y=\"%d\" text-anchor=\"middle\"%s>%s</text>";
        return ("<g><title>%s</title><rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" rx=\"%d\" fill=\"%s\""
                        + " stroke=\"#555\"/>%s%s</g>")
                .formatted(
                        escaped(Captions.explanation(summary, stop)),
                        x - width / 2,
                        y,
                        width,
                        BOX_HEIGHT,
                        join ? BOX_HEIGHT / 2 : 6,
                        colour,
                        text.formatted(
                                x,
                                y + (detail.isEmpty() ? 24 : 17),
                                " font-weight=\"bold\"",
                                escaped(Captions.title(summary, stop))),
                        detail.isEmpty() ? "" : text.formatted(x, y + 32, "", escaped(detail)));
    }

    private static String escaped(String text) {
        StringBuilder clean = new StringBuilder();
        text.codePoints()
                .forEach(point -> clean.append(
                        switch (point) {
                            case '&' -> "&amp;";
                            case '<' -> "&lt;";
                            case '>' -> "&gt;";
                            case '"' -> "&quot;";
                            default -> point < ' ' ? " " : Character.toString(point);
                        }));
        return clean.toString();
    }
}
