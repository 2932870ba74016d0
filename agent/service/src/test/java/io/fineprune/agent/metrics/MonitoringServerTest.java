package io.fineprune.agent.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class MonitoringServerTest {
    private static final Health HEALTH = new Health() {
        @Override
        public Status live() {
            return new Status(true, "RUNNING");
        }

        @Override
        public Status ready() {
            return new Status(false, "REBALANCING");
        }
    };

    private final HttpClient client = HttpClient.newHttpClient();

    @Test
    void shouldAnswerProbesAndScrapes() throws Exception {
        try (MonitoringServer server = MonitoringServer.start("127.0.0.1", 0, () -> "fineprune_up 1", HEALTH)) {
            assertThat(ask(server, "GET", "/metrics").body()).contains("fineprune_up 1");
            assertThat(ask(server, "GET", "/metrics").headers().firstValue("Content-Type"))
                    .hasValueSatisfying(type -> assertThat(type).startsWith("text/plain; version=0.0.4"));
            assertThat(ask(server, "GET", "/health/live").statusCode()).isEqualTo(200);
            assertThat(ask(server, "GET", "/health/ready")).satisfies(answer -> {
                assertThat(answer.statusCode()).isEqualTo(503);
                assertThat(answer.body()).contains("REBALANCING");
            });
            assertThat(ask(server, "HEAD", "/metrics")).satisfies(answer -> {
                assertThat(answer.statusCode()).isEqualTo(200);
                assertThat(answer.body()).isEmpty();
            });
            assertThat(ask(server, "POST", "/metrics").statusCode()).isEqualTo(405);
            assertThat(ask(server, "GET", "/metrics/../etc").statusCode()).isEqualTo(404);
        }
    }

    @Test
    void shouldAnswer500AndGoOnWhenTheScrapeFails() throws Exception {
        try (MonitoringServer server = MonitoringServer.start(
                "127.0.0.1",
                0,
                () -> {
                    throw new IllegalStateException("no registry");
                },
                HEALTH)) {
            assertThat(ask(server, "GET", "/metrics").statusCode()).isEqualTo(500);
            assertThat(ask(server, "GET", "/health/live").statusCode()).isEqualTo(200);
        }
    }

    @Test
    void shouldSayWhatToSetWhenThePortIsTaken() throws Exception {
        try (MonitoringServer server = MonitoringServer.start("127.0.0.1", 0, () -> "", HEALTH)) {
            assertThatThrownBy(() -> MonitoringServer.start("127.0.0.1", server.port(), () -> "", HEALTH))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("http.port");
        }
    }

    @Test
    void shouldAnswerProbesWhileManyClientsNeverFinishTheirRequests() throws Exception {
        List<Socket> slow = new ArrayList<>();
        try (MonitoringServer server = MonitoringServer.start("127.0.0.1", 0, () -> "", HEALTH)) {
            for (int i = 0; i < 64; i++) {
                Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port());
                socket.setSoTimeout(30_000);
                slow.add(socket);
                String begun = i % 2 == 0 ? "GET /heal" : "POST /api HTTP/1.1\r\nContent-Length: 100\r\n\r\n{";
                socket.getOutputStream().write(begun.getBytes(StandardCharsets.US_ASCII));
            }
            for (int i = 0; i < 5; i++) {
                long start = System.nanoTime();
                assertThat(ask(server, "GET", "/health/live").statusCode()).isEqualTo(200);
                assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(2));
            }
            for (Socket socket : slow) {
                assertThat(cutOff(socket))
                        .as("a client that does not finish is cut off")
                        .isTrue();
            }
        } finally {
            for (Socket socket : slow) {
                socket.close();
            }
        }
    }

    private static boolean cutOff(Socket socket) throws IOException {
        try {
            while (socket.getInputStream().read() >= 0) {
                // an answer that says so may come first
            }
            return true;
        } catch (SocketTimeoutException e) {
            return false;
        } catch (SocketException e) {
            return true;
        }
    }

    private HttpResponse<String> ask(MonitoringServer server, String method, String path) throws Exception {
        return client.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path))
                        .method(method, HttpRequest.BodyPublishers.noBody())
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }
}
