package io.fineprune.agent.grafana;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The JSON of the dashboards. */
public final class Dashboards {
    /** Beside the modules. */
    public static final Path GRAFANA =
            Path.of("..", "..", "grafana").toAbsolutePath().normalize();

    private static final ObjectMapper JSON = new ObjectMapper();

    private Dashboards() {}

    /** A panel's query. */
    public record Target(String dashboard, String panel, String expression) {}

    /** All dashboards, by file name. */
    public static List<Path> files() {
        try (Stream<Path> files = Files.list(GRAFANA.resolve("dashboards"))) {
            return files.filter(file -> file.toString().endsWith(".json"))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static JsonNode read(Path file) {
        try {
            return JSON.readTree(file.toFile());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Those inside of rows too, rows themselves not. */
    static List<JsonNode> panels(JsonNode parent) {
        List<JsonNode> panels = new ArrayList<>();
        for (JsonNode panel : parent.path("panels")) {
            if (panel.path("type").asText().equals("row")) {
                panels.addAll(panels(panel));
            } else {
                panels.add(panel);
            }
        }
        return panels;
    }

    /** Every query of every panel. */
    public static List<Target> targets() {
        List<Target> targets = new ArrayList<>();
        for (Path file : files()) {
            JsonNode dashboard = read(file);
            for (JsonNode panel : panels(dashboard)) {
                for (JsonNode target : panel.path("targets")) {
                    targets.add(new Target(
                            dashboard.path("title").asText(),
                            panel.path("title").asText(),
                            target.path("expr").asText()));
                }
            }
        }
        return targets;
    }

    /** Puts values for the variables, as Grafana would. */
    public static String expand(String expression, int scrapeSeconds, int stepSeconds, int rangeSeconds) {
        int rate = Math.max(4 * scrapeSeconds, stepSeconds + scrapeSeconds);
        return expression
                .replace("$__rate_interval", rate + "s")
                .replace("$__range", rangeSeconds + "s")
                .replace("$__interval", stepSeconds + "s")
                .replace("$job", ".+")
                .replace("$instance", ".+");
    }
}
