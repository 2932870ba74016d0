package io.fineprune.agent.download;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FsddTest {
    private static final List<String> NAMES = List.of("0_anna_0.wav", "1_anna_0.wav", "9_bert_12.wav");

    @TempDir
    private Path folder;

    private final List<String> ranges = new ArrayList<>();
    private HttpServer server;
    private byte[] archive;
    private boolean cutFirst;

    FsddTest() throws IOException {
        archive = archive(7);
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    }

    @BeforeEach
    void serve() {
        server.createContext("/fsdd.zip", this::answer);
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    @Test
    void shouldGoOnWhereAnEarlierAttemptStopped() throws Exception {
        Files.write(folder.resolve("fsdd-1.0.10.zip.part"), Arrays.copyOf(archive, 1000));
        fsdd(expectedChecksum()).fetch(folder, bytes -> {});
        assertThat(ranges).containsExactly("bytes=1000-");
        assertThat(recordings()).containsExactlyElementsOf(NAMES);
    }

    @Test
    void shouldTryAgainWhenTheConnectionBreaks() throws Exception {
        cutFirst = true;
        fsdd(expectedChecksum()).fetch(folder, bytes -> {});
        assertThat(ranges).hasSize(2);
        assertThat(ranges.get(0)).isEqualTo("none");
        assertThat(recordings()).containsExactlyElementsOf(NAMES);
    }

    @Test
    void shouldFetchNothingWhenAllIsThere() throws Exception {
        fsdd(expectedChecksum()).fetch(folder, bytes -> {});
        ranges.clear();
        fsdd(expectedChecksum()).fetch(folder, bytes -> {});
        assertThat(ranges).isEmpty();
    }

    @Test
    void shouldRefuseOtherRecordings() throws Exception {
        String expected = expectedChecksum();
        archive = archive(8);
        assertThatThrownBy(() -> fsdd(expected).fetch(folder, bytes -> {}))
                .isInstanceOf(DownloadException.class)
                .hasMessageContaining(expected);
    }

    @Test
    void shouldSayWhatToDoWithoutANetwork() throws Exception {
        int unused;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            unused = socket.getLocalPort();
        }
        Fsdd offline = new Fsdd(URI.create("http://127.0.0.1:" + unused + "/fsdd.zip"), "00", 3);
        assertThatThrownBy(() -> offline.fetch(folder, bytes -> {}))
                .isInstanceOf(DownloadException.class)
                .hasMessageContaining("Is there a network?")
                .hasMessageContaining("fsdd-1.0.10.zip");
    }

    @Test
    void shouldKnowTheChecksumOfTheRealRecordings() throws Exception {
        Path real = Path.of(System.getenv().getOrDefault("FINEPRUNE_SHARED", "../../../shared"), "data", "fsdd");
        assumeTrue(Files.isDirectory(real), "the recordings are not at " + real);
        assertThat(Fsdd.checksum(real)).isEqualTo(Fsdd.CHECKSUM);
    }

    private Fsdd fsdd(String checksum) {
        URI uri = URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/fsdd.zip");
        return new Fsdd(uri, checksum, NAMES.size());
    }

    private static String expectedChecksum() throws IOException {
        Path folder = Files.createTempDirectory("fsdd-expected-");
        try {
            for (String name : NAMES) {
                Files.write(folder.resolve(name), content(name, 7));
            }
            return Fsdd.checksum(folder);
        } finally {
            for (String name : NAMES) {
                Files.delete(folder.resolve(name));
            }
            Files.delete(folder);
        }
    }

    private List<String> recordings() throws IOException {
        try (var files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    private static byte[] content(String name, int seed) {
        byte[] bytes = new byte[2000];
        new Random(seed + name.hashCode()).nextBytes(bytes);
        return bytes;
    }

    private static byte[] archive(int seed) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            for (String name : NAMES) {
                zip.putNextEntry(new ZipEntry("free-spoken-digit-dataset-1.0.10/recordings/" + name));
                zip.write(content(name, seed));
            }
            zip.putNextEntry(new ZipEntry("free-spoken-digit-dataset-1.0.10/recordings/../../../evil.wav"));
            zip.write(1);
            zip.putNextEntry(new ZipEntry("free-spoken-digit-dataset-1.0.10/README.md"));
            zip.write("read me".getBytes(StandardCharsets.UTF_8));
        }
        return bytes.toByteArray();
    }

    private void answer(HttpExchange exchange) throws IOException {
        String range = exchange.getRequestHeaders().getFirst("Range");
        ranges.add(range == null ? "none" : range);
        int from = range == null ? 0 : Integer.parseInt(range.substring("bytes=".length(), range.length() - 1));
        boolean cut = cutFirst && ranges.size() == 1;
        try (exchange) {
            exchange.sendResponseHeaders(range == null ? 200 : 206, archive.length - from);
            exchange.getResponseBody().write(archive, from, cut ? 500 : archive.length - from);
        }
    }
}
