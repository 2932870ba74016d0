package io.fineprune.agent.grafana;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.ConnectException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.OptionalDouble;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** A real Prometheus of our own that scrapes one target every second and evaluates the alert rules. */
public final class Prometheus implements AutoCloseable {
    private static final Duration START_TIMEOUT = Duration.ofSeconds(60);

    private final Process process;
    private final Path log;
    private final String base;
    private final HttpClient client = HttpClient.newHttpClient();
    private final ObjectMapper json = new ObjectMapper();

    private Prometheus(Process process, Path log, int port) {
        this.process = process;
        this.log = log;
        this.base = "http://127.0.0.1:" + port;
    }

    /** Starts it and returns when it answers. */
    public static Prometheus start(Path folder, int target) throws IOException, InterruptedException {
        return start(folder, target, Dashboards.GRAFANA.resolve("rules/fineprune.yaml"));
    }

    /**
     * The same with rules that look back no further than given and wait for nothing, so that alerts come and go in seconds.
     *
     * @param window instead of every range in the rules
     */
    public static Prometheus start(Path folder, int target, Duration window) throws IOException, InterruptedException {
        String rules = Files.readString(Dashboards.GRAFANA.resolve("rules/fineprune.yaml"))
                .replaceAll("\\[\\d+[smhd]]", "[" + window.toSeconds() + "s]")
                .replaceAll("for: \\d+[smhd]", "for: 0s");
        return start(folder, target, Files.writeString(folder.resolve("rules.yaml"), rules));
    }

    private static Prometheus start(Path folder, int target, Path rules) throws IOException, InterruptedException {
        Path config = folder.resolve("prometheus.yml");
        Files.writeString(config, """
                global: {scrape_interval: 1s, evaluation_interval: 1s}
                rule_files: ['%s']
                scrape_configs:
                  - job_name: fineprune
                    static_configs: [{targets: ['127.0.0.1:%d']}]
                """.formatted(rules, target));
        int port;
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        Path log = folder.resolve("prometheus.log");
        Process process = new ProcessBuilder(
                        "prometheus",
                        "--config.file=" + config,
                        "--storage.tsdb.path=" + folder.resolve("tsdb"),
                        "--web.listen-address=127.0.0.1:" + port,
                        "--log.level=warn")
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        Prometheus prometheus = new Prometheus(process, log, port);
        prometheus.awaitReady();
        return prometheus;
    }

    private void awaitReady() throws IOException, InterruptedException {
        long end = System.nanoTime() + START_TIMEOUT.toNanos();
        while (System.nanoTime() < end) {
            if (!process.isAlive()) {
                throw new IOException("Prometheus ended: " + Files.readString(log));
            }
            try {
                if (send("/-/ready").statusCode() == 200) {
                    return;
                }
            } catch (ConnectException e) {
                // not yet
            }
            LockSupport.parkNanos(Duration.ofMillis(100).toNanos());
        }
        close();
        throw new IOException("Prometheus was not ready in time: " + Files.readString(log));
    }

    /** The answer's data; an error of Prometheus is an error here. */
    public JsonNode get(String path) throws IOException, InterruptedException {
        JsonNode answer = json.readTree(send(path).body());
        if (!answer.path("status").asText().equals("success")) {
            throw new AssertionError("Prometheus answered to %s: %s".formatted(path, answer));
        }
        return answer.path("data");
    }

    /** How many series with at least one number the query yields over the last minute. */
    public int series(String expression) throws IOException, InterruptedException {
        long now = System.currentTimeMillis() / 1000;
        JsonNode data = get("/api/v1/query_range?query=%s&start=%d&end=%d&step=2"
                .formatted(URLEncoder.encode(expression, StandardCharsets.UTF_8), now - 60, now));
        int series = 0;
        for (JsonNode one : data.path("result")) {
            for (JsonNode value : one.path("values")) {
                if (!value.get(1).asText().equals("NaN")) {
                    series++;
                    break;
                }
            }
        }
        return series;
    }

    /** The first value that the query yields now; empty if there is none. */
    public OptionalDouble value(String expression) throws IOException, InterruptedException {
        JsonNode first = get("/api/v1/query?query=" + URLEncoder.encode(expression, StandardCharsets.UTF_8))
                .path("result")
                .path(0);
        return first.isMissingNode()
                ? OptionalDouble.empty()
                : OptionalDouble.of(first.path("value").get(1).asDouble());
    }

    private HttpResponse<String> send(String path) throws IOException, InterruptedException {
        return client.send(
                HttpRequest.newBuilder(URI.create(base + path))
                        .timeout(START_TIMEOUT)
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
