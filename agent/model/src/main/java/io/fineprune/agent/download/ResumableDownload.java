package io.fineprune.agent.download;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.function.LongConsumer;

/**
 * Fetches one file over HTTP into {@code NAME.part} and renames it when it is whole. What an earlier attempt left there is
 * continued where the server can, and fetched again where it cannot.
 */
public final class ResumableDownload {
    private static final int ATTEMPTS = 3;
    private static final int BUFFER_BYTES = 64 * 1024;

    private final HttpClient client;
    private final long maxBytes;

    /**
     * Prepares.
     *
     * @param maxBytes a larger file is refused before it fills the disk
     */
    public ResumableDownload(long maxBytes) {
        this.client = HttpClient.newBuilder()
                .followRedirects(HttpClient.Redirect.NORMAL)
                .connectTimeout(Duration.ofSeconds(15))
                .build();
        this.maxBytes = maxBytes;
    }

    /**
     * Fetches unless the file is there.
     *
     * @param progress told the bytes that are there, now and then
     * @throws DownloadException if there is no network, or the server has no such file
     */
    public void fetch(URI from, Path to, LongConsumer progress) throws DownloadException {
        if (Files.exists(to)) {
            return;
        }
        Path part = to.resolveSibling(to.getFileName() + ".part");
        IOException last = new IOException("not tried");
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            try {
                Files.createDirectories(to.toAbsolutePath().getParent());
                append(from, part, progress);
                Files.move(part, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
                return;
            } catch (IOException e) {
                last = e;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new DownloadException("Interrupted; the same command goes on from " + part, e);
            }
        }
        throw new DownloadException(
                "Could not fetch %s (%s). Is there a network? The same command goes on where this one stopped; or fetch the file by other means and put it at %s"
                        .formatted(from, describe(last), to.toAbsolutePath()),
                last);
    }

    private void append(URI from, Path part, LongConsumer progress)
            throws IOException, InterruptedException, DownloadException {
        long have = Files.exists(part) ? Files.size(part) : 0;
        HttpRequest.Builder request = HttpRequest.newBuilder(from).timeout(Duration.ofMinutes(10));
        if (have > 0) {
            request.header("Range", "bytes=" + have + "-");
        }
        HttpResponse<InputStream> response = client.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
        try (InputStream body = response.body()) {
            int status = response.statusCode();
            if (status == 416) {
                Files.delete(part);
                throw new IOException("the part that was there is longer than the file");
            }
            if (status >= 500) {
                throw new IOException("the server answered " + status);
            }
            if (status != 200 && status != 206) {
                throw new DownloadException(
                        "Expected %s to be there, but the server answered %d".formatted(from, status));
            }
            boolean resumed = status == 206;
            long expected =
                    response.headers().firstValueAsLong("Content-Length").orElse(-1);
            long total = resumed ? have : 0;
            try (OutputStream out = resumed
                    ? Files.newOutputStream(part, StandardOpenOption.CREATE, StandardOpenOption.APPEND)
                    : Files.newOutputStream(part)) {
                byte[] buffer = new byte[BUFFER_BYTES];
                long received = 0;
                for (int n = body.read(buffer); n >= 0; n = body.read(buffer)) {
                    out.write(buffer, 0, n);
                    received += n;
                    total += n;
                    if (total > maxBytes) {
                        throw new DownloadException("Expected at most %d bytes from %s".formatted(maxBytes, from));
                    }
                    progress.accept(total);
                }
                if (expected >= 0 && received < expected) {
                    throw new IOException("the connection ended after %d of %d bytes".formatted(received, expected));
                }
            }
        }
    }

    private static String describe(IOException e) {
        return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    }
}
