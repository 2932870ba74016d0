package io.fineprune.agent.metrics;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Serves {@code /metrics}, {@code /health/live} and {@code /health/ready} to GET and HEAD. Closing frees the port. */
public final class MonitoringServer implements AutoCloseable {
    private static final Logger LOGGER = LoggerFactory.getLogger(MonitoringServer.class);
    private static final String PROMETHEUS_TEXT = "text/plain; version=0.0.4; charset=utf-8";
    private static final String PLAIN_TEXT = "text/plain; charset=utf-8";

    private final HttpServer server;
    private final ExecutorService threads;

    private MonitoringServer(HttpServer server, ExecutorService threads) {
        this.server = server;
        this.threads = threads;
    }

    /**
     * Begins to serve.
     *
     * @param port 0: any free one
     * @throws IOException if the address cannot be bound
     */
    public static MonitoringServer start(String host, int port, Supplier<String> scrape, Health health)
            throws IOException {
        HttpServer server;
        try {
            server = HttpServer.create(new InetSocketAddress(host, port), 16);
        } catch (IOException e) {
            throw new IOException(
                    "Could not listen on %s:%d (%s); set http.host and http.port".formatted(host, port, e.getMessage()),
                    e);
        }
        ExecutorService threads = Executors.newFixedThreadPool(2, task -> {
            Thread thread = new Thread(task, "monitoring-server");
            thread.setDaemon(true);
            return thread;
        });
        server.setExecutor(threads);
        server.createContext("/", exchange -> answer(exchange, () -> respond(exchange, scrape, health)));
        server.start();
        return new MonitoringServer(server, threads);
    }

    public int port() {
        return server.getAddress().getPort();
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }

    private static Response respond(HttpExchange exchange, Supplier<String> scrape, Health health) {
        String method = exchange.getRequestMethod();
        if (!method.equals("GET") && !method.equals("HEAD")) {
            return new Response(405, PLAIN_TEXT, "Expected GET or HEAD, but was " + method.replaceAll("\\W", "?"));
        }
        return switch (exchange.getRequestURI().getPath()) {
            case "/metrics" -> new Response(200, PROMETHEUS_TEXT, scrape.get());
            case "/health/live" -> of(health.live());
            case "/health/ready" -> of(health.ready());
            default -> new Response(404, PLAIN_TEXT, "Expected /metrics, /health/live or /health/ready");
        };
    }

    private static Response of(Health.Status status) {
        return new Response(status.good() ? 200 : 503, PLAIN_TEXT, status.detail());
    }

    private static void answer(HttpExchange exchange, Supplier<Response> supplier) throws IOException {
        try (exchange) {
            Response response;
            try {
                response = supplier.get();
            } catch (RuntimeException e) {
                LOGGER.warn("Could not answer {}", exchange.getRequestURI().getPath(), e);
                response = new Response(500, PLAIN_TEXT, "This is a fault of the agent; its log says more");
            }
            byte[] body = (response.body() + "\n").getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", response.type());
            boolean head = exchange.getRequestMethod().equals("HEAD");
            exchange.sendResponseHeaders(response.code(), head ? -1 : body.length);
            if (!head) {
                exchange.getResponseBody().write(body);
            }
        }
    }

    private record Response(int code, String type, String body) {}
}
