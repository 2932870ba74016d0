package io.fineprune.agent.broker;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * A broker in a child JVM, started with the java and the class path (or jar) of this one. It writes what it logs to
 * {@code broker.log} in its directory, reads no input, and ends when this JVM ends, however that happens.
 */
public final class BrokerProcess implements AutoCloseable {
    private static final Duration START_TIMEOUT = Duration.ofMinutes(3);
    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(10);

    private final Process process;
    private final Path directory;
    private final boolean deleteAtEnd;
    private final int port;

    private BrokerProcess(Process process, Path directory, boolean deleteAtEnd, int port) {
        this.process = process;
        this.directory = directory;
        this.deleteAtEnd = deleteAtEnd;
        this.port = port;
    }

    /**
     * Starts a broker and waits until it takes requests.
     *
     * @throws BrokerException if it ends before, or is not ready within three minutes; the message ends with its last log
     */
    public static BrokerProcess start(BrokerSettings settings) {
        Path directory = settings.directory().orElseGet(Directories::temporary);
        Path log = directory.resolve("broker.log");
        Process process = null;
        try {
            Files.createDirectories(directory);
            process = new ProcessBuilder(command(settings, directory))
                    .redirectInput(ProcessBuilder.Redirect.from(nullDevice()))
                    .redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()))
                    .start();
            return new BrokerProcess(process, directory, settings.deleteAtEnd(), awaitReady(process));
        } catch (IOException | BrokerException e) {
            BrokerException failure =
                    new BrokerException("The broker process did not start: " + e.getMessage() + lastLines(log), e);
            if (process != null) {
                process.destroyForcibly();
            }
            if (settings.deleteAtEnd()) {
                Directories.delete(directory);
            }
            throw failure;
        }
    }

    public String bootstrapServers() {
        return "127.0.0.1:" + port;
    }

    public int port() {
        return port;
    }

    public long pid() {
        return process.pid();
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /** Kills the broker with SIGKILL, so that it cannot shut down cleanly, and waits until it is gone. */
    public void kill() {
        process.destroyForcibly();
        awaitEnd(STOP_TIMEOUT);
    }

    /**
     * Sends SIGTERM, upon which the broker shuts down cleanly, and waits for it.
     *
     * @return whether it was gone within the timeout
     */
    public boolean terminate(Duration timeout) {
        process.destroy();
        return awaitEnd(timeout);
    }

    /** Terminates, kills if that takes too long, and deletes a temporary directory. May be called again. */
    @Override
    public void close() {
        if (!terminate(STOP_TIMEOUT)) {
            kill();
        }
        if (deleteAtEnd) {
            Directories.delete(directory);
        }
    }

    private boolean awaitEnd(Duration timeout) {
        try {
            return process.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return !process.isAlive();
        }
    }

    private static List<String> command(BrokerSettings settings, Path directory) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Xshare:auto",
                "-cp",
                System.getProperty("java.class.path"),
                BrokerMain.class.getName(),
                directory.toString(),
                Integer.toString(settings.port()),
                Long.toString(ProcessHandle.current().pid()),
                Boolean.toString(settings.deleteAtEnd())));
        settings.properties().forEach((name, value) -> command.add(name + "=" + value));
        return command;
    }

    private static int awaitReady(Process process) {
        CompletableFuture<Integer> port = new CompletableFuture<>();
        Thread reader = new Thread(() -> readPort(process, port), "broker-process-output");
        reader.setDaemon(true);
        reader.start();
        try {
            return port.get(START_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BrokerException("interrupted while waiting for it", e);
        } catch (TimeoutException e) {
            throw new BrokerException("not ready within " + START_TIMEOUT.toSeconds() + " s", e);
        } catch (ExecutionException e) {
            throw new BrokerException(
                    String.valueOf(Objects.requireNonNullElse(e.getCause(), e).getMessage()), e);
        }
    }

    /** Goes on reading after the port, so that the child never blocks on its output. */
    private static void readPort(Process process, CompletableFuture<Integer> port) {
        try (BufferedReader reader =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (@Nullable String line = reader.readLine(); line != null; line = reader.readLine()) {
                if (line.startsWith(BrokerMain.READY)) {
                    port.complete(Integer.parseInt(
                            line.substring(BrokerMain.READY.length()).trim()));
                }
            }
            port.completeExceptionally(new BrokerException("it ended early"));
        } catch (IOException | NumberFormatException e) {
            port.completeExceptionally(e);
        }
    }

    private static File nullDevice() {
        boolean windows =
                System.getProperty("os.name", "").toLowerCase(Locale.ROOT).contains("windows");
        return new File(windows ? "NUL" : "/dev/null");
    }

    private static String lastLines(Path log) {
        try {
            List<String> lines = Files.readAllLines(log);
            return lines.isEmpty()
                    ? ""
                    : ". Its log ends:\n"
                            + String.join("\n", lines.subList(Math.max(0, lines.size() - 15), lines.size()));
        } catch (IOException e) {
            return "";
        }
    }
}
