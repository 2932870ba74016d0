package io.fineprune.agent.fuzz;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * One run of the fuzzer on one target in a JVM of its own, whose heap is small, so that a length that is believed shows.
 *
 * @param seconds that it ran
 * @param executions inputs tried
 * @param coverage edges reached
 * @param corpus inputs that each reach something new
 * @param residentMegabytes largest memory of the process
 * @param log where it wrote what it did
 * @param findings files with inputs that broke a property, took too long or too much memory
 */
record FuzzRun(
        long seconds,
        long executions,
        long coverage,
        long corpus,
        long residentMegabytes,
        Path log,
        List<Path> findings) {
    private static final Pattern EXECUTIONS = Pattern.compile("stat::number_of_executed_units:\\s+(\\d+)");
    private static final Pattern RESIDENT = Pattern.compile("stat::peak_rss_mb:\\s+(\\d+)");
    private static final Pattern COVERAGE = Pattern.compile(" cov: (\\d+)");
    private static final Pattern CORPUS = Pattern.compile(" corp: (\\d+)");
    private static final int HEAP_MEGABYTES = 256;
    private static final int START_SECONDS = 900;
    private static final int INPUT_SECONDS = 240;

    /** Runs for so many seconds; keeps what it finds below the folder, and goes on from what is there. */
    static FuzzRun of(FuzzTarget target, long seconds, Path folder) throws IOException, InterruptedException {
        Path corpus = Files.createDirectories(folder.resolve("corpus"));
        Path artifacts = Files.createDirectories(folder.resolve("findings"));
        Path seeds = folder.resolve("seeds");
        Corpus.write(target, seeds);
        Path log = folder.resolve("fuzz.log");
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx" + HEAP_MEGABYTES + "m",
                "-Djava.awt.headless=true",
                "-cp",
                System.getProperty("java.class.path"),
                "com.code_intelligence.jazzer.Jazzer",
                "--target_class=" + FuzzEntry.class.getName(),
                "--target_args=" + target.label(),
                "--instrumentation_includes=io.fineprune.**",
                "--custom_hook_includes=io.fineprune.**",
                "--disabled_hooks=com.code_intelligence.jazzer.sanitizers.FilePathTraversal",
                "--reproducer_path=" + artifacts,
                "-artifact_prefix=" + artifacts + "/",
                "-max_total_time=" + seconds,
                "-timeout=" + INPUT_SECONDS,
                "-report_slow_units=" + INPUT_SECONDS,
                "-rss_limit_mb=1500",
                "-max_len=16384",
                "-print_final_stats=1",
                corpus.toString(),
                seeds.toString()));
        long begin = System.nanoTime();
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        builder.environment().put("FINEPRUNE_LOG_LEVEL", "ERROR"); // every damaged file would be a line
        Process process = builder.start();
        if (!process.waitFor(seconds + START_SECONDS, TimeUnit.SECONDS)) {
            process.destroyForcibly().waitFor();
            throw new AssertionError(
                    "Expected the fuzzer to end after %d s, but it did not: %s".formatted(seconds, log));
        }
        long took = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - begin);
        String written = Files.readString(log);
        List<Path> findings = new ArrayList<>();
        try (Stream<Path> files = Files.list(artifacts)) {
            files.filter(file -> !file.toString().endsWith(".java")).forEach(findings::add);
        }
        if (process.exitValue() != 0 && findings.isEmpty()) {
            throw new AssertionError("Expected the fuzzer to run, but it ended with %d: %s"
                    .formatted(process.exitValue(), written.substring(Math.max(0, written.length() - 2_000))));
        }
        return new FuzzRun(
                took,
                last(EXECUTIONS, written),
                last(COVERAGE, written),
                last(CORPUS, written),
                last(RESIDENT, written),
                log,
                findings);
    }

    private static long last(Pattern pattern, String text) {
        return pattern.matcher(text)
                .results()
                .map(MatchResult::group)
                .reduce((a, b) -> b)
                .map(found -> Long.parseLong(found.replaceAll("\\D+", " ").strip()))
                .orElse(0L);
    }

    String row(FuzzTarget target) {
        return String.format(
                Locale.ROOT,
                "| %s | %,d | %d | %d | %d | %d MB | %d |",
                target.label(),
                executions,
                seconds,
                coverage,
                corpus,
                residentMegabytes,
                findings.size());
    }
}
