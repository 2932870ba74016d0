package io.fineprune.agent.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

/** The program as its users run it: in processes of its own. */
final class Cli {
    static final Duration STOP = Duration.ofSeconds(10);

    private Cli() {}

    static Ended run(String... arguments) throws Exception {
        Process process = start(List.of(arguments));
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Ended(process.waitFor(), output);
    }

    record Ended(int exitCode, String output) {}

    private static Process start(List<String> arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "--add-opens=java.base/java.nio=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                "io.fineprune.agent.cli.Main"));
        command.addAll(arguments);
        return new ProcessBuilder(command).redirectErrorStream(true).start();
    }

    /** A process whose output is read as it comes. */
    static final class Child implements AutoCloseable {
        private final List<String> lines = new CopyOnWriteArrayList<>();
        private final Process process;
        private final Thread reader;

        Child(String... arguments) throws IOException {
            process = start(List.of(arguments));
            reader = new Thread(this::read, "output-of-" + process.pid());
            reader.setDaemon(true);
            reader.start();
        }

        void awaitLine(String text) {
            Fleet.await(
                    () -> lines.stream().anyMatch(line -> line.contains(text)),
                    () -> "\"%s\" of %s, found:\n%s"
                            .formatted(text, process.info().arguments(), String.join("\n", lines)));
        }

        /** Waits until it ends by itself. */
        Ended end() throws InterruptedException {
            assertThat(process.waitFor(Fleet.PATIENCE.toMillis(), TimeUnit.MILLISECONDS))
                    .as("ended by itself: %s", lines)
                    .isTrue();
            reader.join();
            return new Ended(process.exitValue(), String.join("\n", lines));
        }

        /** SIGTERM; everything it said. */
        String terminate() throws InterruptedException {
            process.toHandle().destroy(); // unlike Process.destroy, leaves its output open
            assertThat(process.waitFor(STOP.toMillis(), TimeUnit.MILLISECONDS))
                    .as("stopped within %s of SIGTERM: %s", STOP, lines)
                    .isTrue();
            reader.join();
            assertThat(lines).noneMatch(line -> line.contains(" ERROR "));
            return String.join("\n", lines);
        }

        @Override
        public void close() {
            process.destroyForcibly();
        }

        private void read() {
            try (BufferedReader in =
                    new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
                in.lines().forEach(lines::add);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } catch (UncheckedIOException e) {
                lines.add("(its output was cut off)");
            }
        }
    }
}
