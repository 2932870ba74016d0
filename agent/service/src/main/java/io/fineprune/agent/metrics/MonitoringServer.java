package io.fineprune.agent.metrics;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves {@code /metrics}, {@code /health/live} and {@code /health/ready} to GET and HEAD, and what else it is given, to POST as
 * well. A client that does not finish its request within ten seconds is cut off, and keeps nobody else waiting until then. Closing
 * frees the port.
 */
public final class MonitoringServer implements AutoCloseable {
    private static final Logger LOGGER = LoggerFactory.getLogger(MonitoringServer.class);
    private static final String PROMETHEUS_TEXT = "text/plain; version=0.0.4; charset=utf-8";
    private static final String PLAIN_TEXT = "text/plain; charset=utf-8";

    /** A connection that sends or reads slowly occupies a thread, until its time is over. */
    private static final int MOST_THREADS = 200;

    private static final int IDLE_THREAD_SECONDS = 30;

    /** In which a request must have come, headers and body, and an answer must have been read; read by the JDK's server. */
    private static final Map<String, String> LIMITS = Map.of(
            "sun.net.httpserver.maxReqTime", "10",
            "sun.net.httpserver.maxRspTime", "60",
            "sun.net.httpserver.idleInterval", "30",
            "sun.net.httpserver.maxReqHeaders", "64",
            "jdk.httpserver.maxConnections", "1000");

    private final HttpServer server;
    private final ExecutorService threads;

    private MonitoringServer(HttpServer server, ExecutorService threads) {
        this.server = server;
        this.threads = threads;
    }

    /** What browsers may do with what is served here: nothing that comes from elsewhere. */
    private static final String CONTENT_POLICY =
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
                    + "frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

    private static final int MAX_BODY_BYTES = 8192;

    /**
     * What is asked besides metrics and probes.
     *
     * @param method GET (for HEAD too) or POST
     * @param authorization the header of that name
     * @param body of a POST, as UTF-8; otherwise empty
     */
    public record Request(String method, URI uri, Optional<String> authorization, String body) {}

    /** Answer to a request: HTTP status, media type and body. */
    public record Page(int code, String type, String body) {}

    /** Starts a server that serves metrics and probes only. */
    public static MonitoringServer start(String host, int port, Supplier<String> scrape, Health health)
            throws IOException {
        return start(host, port, scrape, health, request -> Optional.empty());
    }

    /**
     * Begins to serve.
     *
     * @param port 0: any free one
     * @param pages answers for other paths, if it has any; called by several threads
     * @throws IOException if the address cannot be bound
     */
    public static MonitoringServer start(
            String host, int port, Supplier<String> scrape, Health health, Function<Request, Optional<Page>> pages)
            throws IOException {
        LIMITS.forEach((name, value) -> {
            if (System.getProperty(name) == null) {
                System.setProperty(name, value);
            }
        });
        HttpServer server;
        try {
            server = HttpServer.create(new InetSocketAddress(host, port), 128);
        } catch (IOException e) {
            throw new IOException(
                    "Could not listen on %s:%d (%s); set http.host and http.port".formatted(host, port, e.getMessage()),
                    e);
        }
        ExecutorService threads = new ThreadPoolExecutor(
                0, MOST_THREADS, IDLE_THREAD_SECONDS, TimeUnit.SECONDS, new SynchronousQueue<>(), task -> {
                    Thread thread = new Thread(task, "monitoring-server");
                    thread.setDaemon(true);
                    return thread;
                });
        server.setExecutor(threads);
        server.createContext("/", exchange -> answer(exchange, () -> respond(exchange, scrape, health, pages)));
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

    private static Page respond(
            HttpExchange exchange, Supplier<String> scrape, Health health, Function<Request, Optional<Page>> pages) {
        String method = exchange.getRequestMethod();
        URI uri = exchange.getRequestURI();
        if (method.equals("POST")) {
            byte[] body;
            try {
                body = exchange.getRequestBody().readNBytes(MAX_BODY_BYTES + 1);
            } catch (IOException e) {
                return new Page(400, PLAIN_TEXT, "The body ended early");
            }
            if (body.length > MAX_BODY_BYTES) {
                return new Page(413, PLAIN_TEXT, "Expected at most %d bytes".formatted(MAX_BODY_BYTES));
            }
            return pages.apply(new Request(
                            method,
                            uri,
                            Optional.ofNullable(exchange.getRequestHeaders().getFirst("Authorization")),
                            new String(body, StandardCharsets.UTF_8)))
                    .orElseGet(() -> new Page(405, PLAIN_TEXT, "Expected GET or HEAD, but was POST"));
        }
        if (!method.equals("GET") && !method.equals("HEAD")) {
            return new Page(405, PLAIN_TEXT, "Expected GET, HEAD or POST, but was " + method.replaceAll("\\W", "?"));
        }
        return switch (uri.getPath()) {
            case "/metrics" -> new Page(200, PROMETHEUS_TEXT, scrape.get());
            case "/health/live" -> of(health.live());
            case "/health/ready" -> of(health.ready());
            default ->
                pages.apply(new Request("GET", uri, Optional.empty(), ""))
                        .orElseGet(() -> new Page(
                                404,
                                PLAIN_TEXT,
                                "Expected /, /metrics, /health/live, /health/ready or /api/v1/openapi.yaml"));
        };
    }

    private static Page of(Health.Status status) {
        return new Page(status.good() ? 200 : 503, PLAIN_TEXT, status.detail());
    }

    private static void answer(HttpExchange exchange, Supplier<Page> supplier) throws IOException {
        try (exchange) {
            Page response;
            try {
                response = supplier.get();
            } catch (RuntimeException e) {
                LOGGER.warn("Could not answer {}", exchange.getRequestURI().getPath(), e);
                response = new Page(500, PLAIN_TEXT, "This is a fault of the agent; its log says more");
            }
            byte[] body = (response.body() + "\n").getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", response.type());
            exchange.getResponseHeaders().set("X-Content-Type-Options", "nosniff");
            exchange.getResponseHeaders().set("Content-Security-Policy", CONTENT_POLICY);
            exchange.getResponseHeaders().set("Cache-Control", "no-cache");
            boolean head = exchange.getRequestMethod().equals("HEAD");
            exchange.sendResponseHeaders(response.code(), head ? -1 : body.length);
            if (!head) {
                exchange.getResponseBody().write(body);
            }
        }
    }
}
