package io.fineprune.agent.bench;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Writes results as a table in Markdown, or as JSON. */
public final class CompactReport {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final double MIB = 1 << 20;

    private CompactReport() {}

    /** A table; ratios first, how much faster or smaller the compacted model is than the dense one. */
    public static String markdown(List<CompactResult> results) {
        List<String> lines = new ArrayList<>();
        StringBuilder heading = new StringBuilder("| network | nodes removed |");
        StringBuilder rule = new StringBuilder("|---|---|");
        for (CompactResult.Timing timing :
                results.stream().findFirst().map(CompactResult::timings).orElse(List.of())) {
            heading.append(" time, batch %d | processor, batch %d |".formatted(timing.batch(), timing.batch()));
            rule.append("---|---|");
        }
        heading.append(" MACs | file | peak memory | masked only, batch 1 and 32 | dense, ms | compacted, ms |");
        rule.append("---|---|---|---|---|---|");
        lines.add(heading.toString());
        lines.add(rule.toString());
        results.forEach(result -> lines.add(line(result)));
        return String.join("\n", lines);
    }

    private static String line(CompactResult result) {
        StringBuilder line = new StringBuilder("| %s | %.0f %% |".formatted(result.network(), 100 * result.share()));
        List<String> masked = new ArrayList<>();
        List<String> denseMillis = new ArrayList<>();
        List<String> compactedMillis = new ArrayList<>();
        for (CompactResult.Timing timing : result.timings()) {
            line.append(" **%s** (%s to %s) | %s |"
                    .formatted(
                            times(timing.compacted().median()),
                            times(timing.compacted().lower()),
                            times(timing.compacted().upper()),
                            times(timing.compactedCpu())));
            masked.add(times(timing.masked().median()));
            denseMillis.add(String.format(Locale.ROOT, "%.2f", timing.denseMillis()));
            compactedMillis.add(String.format(Locale.ROOT, "%.2f", timing.compactedMillis()));
        }
        line.append(" %s | %s (%.1f to %.1f MB) | %s | %s | %s | %s |"
                .formatted(
                        times(result.macsRatio()),
                        times(result.fileRatio()),
                        result.denseBytes() / MIB,
                        result.compactedBytes() / MIB,
                        result.memoryRatio().isPresent()
                                ? "%s (%.0f to %.0f MB)"
                                        .formatted(
                                                times(result.memoryRatio().getAsDouble()),
                                                result.denseMemoryBytes() / MIB,
                                                result.compactedMemoryBytes() / MIB)
                                : "-",
                        String.join(", ", masked),
                        String.join(", ", denseMillis),
                        String.join(", ", compactedMillis)));
        return line.toString();
    }

    private static String times(double ratio) {
        return String.format(Locale.ROOT, "%.1fx", ratio);
    }

    /** An array with an object for each result. */
    public static String json(List<CompactResult> results) {
        ArrayNode array = JSON.createArrayNode();
        for (CompactResult result : results) {
            ObjectNode node = array.addObject();
            node.put("network", result.network());
            node.put("share", result.share());
            node.put("macsRatio", result.macsRatio());
            node.put("fileRatio", result.fileRatio());
            node.put("denseBytes", result.denseBytes());
            node.put("compactedBytes", result.compactedBytes());
            result.memoryRatio().ifPresent(ratio -> node.put("memoryRatio", ratio));
            node.put("denseMemoryBytes", result.denseMemoryBytes());
            node.put("compactedMemoryBytes", result.compactedMemoryBytes());
            ArrayNode timings = node.putArray("timings");
            for (CompactResult.Timing timing : result.timings()) {
                ObjectNode at = timings.addObject();
                at.put("batch", timing.batch());
                at.put("rounds", timing.rounds());
                at.put("denseMillis", timing.denseMillis());
                at.put("maskedMillis", timing.maskedMillis());
                at.put("compactedMillis", timing.compactedMillis());
                ratio(at.putObject("masked"), timing.masked());
                ratio(at.putObject("compacted"), timing.compacted());
                at.put("compactedCpu", timing.compactedCpu());
            }
        }
        try {
            return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(array);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("Expected results that can be written as JSON", e);
        }
    }

    private static void ratio(ObjectNode node, CompactResult.Ratio ratio) {
        node.put("lower", ratio.lower());
        node.put("median", ratio.median());
        node.put("upper", ratio.upper());
    }
}
