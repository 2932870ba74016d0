package io.fineprune.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.fineprune.agent.evaluate.TinyFleet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands that the documentation gives for the paper's table and figures, on a few small pictures. */
class PaperCommandsTest {
    private static final Path DOCUMENT = Path.of("..", "docs", "evaluation-commands.md");
    private static final String PROGRAM = "java -jar agent/target/fineprune.jar ";

    /** What is smaller than in the documentation, with which the same command ends within seconds. */
    private static final Map<String, String> SMALLER =
            Map.of("--sparsity", "0.3,0.7", "--budget", "8,20", "--classes", "2,3", "--draws", "2");

    @TempDir
    @SuppressWarnings("NullAway.Init")
    static Path shared;

    @SuppressWarnings("NullAway.Init")
    private static Path model;

    @SuppressWarnings("NullAway.Init")
    private static Path data;

    @SuppressWarnings("NullAway.Init")
    private static Map<String, List<String>> documented;

    @BeforeAll
    static void read() throws Exception {
        data = TinyFleet.data(Files.createDirectory(shared.resolve("data")));
        model = TinyFleet.model(shared.resolve("model"));
        documented = new LinkedHashMap<>();
        Files.readString(DOCUMENT)
                .replaceAll("\\\\\\R", " ")
                .lines()
                .map(String::strip)
                .forEach(line -> {
                    if (line.startsWith(PROGRAM + "evaluate") && line.contains("--report ")) {
                        List<String> words =
                                List.of(line.substring(PROGRAM.length()).strip().split("\\s+"));
                        documented.put(words.get(words.indexOf("--report") + 1), words);
                    }
                });
    }

    /** Runs a documented command on small data; returns its report. */
    private static Path run(String report) {
        List<String> documentedWords = Objects.requireNonNull(documented.get(report), "no command makes " + report);
        assertThat(documentedWords).contains("--leave-user-out").doesNotContain("--users");
        List<String> words = new ArrayList<>();
        for (int i = 0; i < documentedWords.size(); i++) {
            String word = documentedWords.get(i);
            switch (word) {
                case "--leave-user-out" -> words.add("--model=" + model);
                case "--data", "--cache", "--json", "--report" -> i++;
                default -> {
                    words.add(word);
                    if (SMALLER.containsKey(word)) {
                        words.add(Objects.requireNonNull(SMALLER.get(word)));
                        i++;
                    }
                }
            }
        }
        Path folder = shared.resolve(report);
        words.addAll(List.of(
                "--data=" + data,
                "--report=" + folder,
                "--work=" + shared.resolve("work"),
                "--users=ann,bob",
                "--folds=3",
                "--others=0",
                "--threads=1"));
        Run run = Run.of(words.toArray());
        assertThat(run.exitCode()).as(run.err()).isZero();
        return folder;
    }

    private static List<String> methods(String report) {
        List<String> words = Objects.requireNonNull(documented.get(report), "no command makes " + report);
        List<String> methods = new ArrayList<>();
        for (int i = 0; i < words.size(); i++) {
            if (words.get(i).equals("--method")) {
                methods.addAll(List.of(words.get(i + 1).split(",")));
            }
        }
        return methods;
    }

    private static void assertDrawn(Path folder, String figure) throws IOException {
        assertThat(ImageIO.read(folder.resolve(figure + ".png").toFile()).getWidth())
                .isEqualTo(1000);
        assertThat(Files.readString(folder.resolve(figure + ".svg"))).contains("<svg");
    }

    @Test
    void shouldHaveAllColumnsAndPairsWhenTable1IsMade() throws Exception {
        Path folder = run("table-1");
        List<String> lines = Files.readAllLines(folder.resolve("table-1.csv"));
        assertThat(lines.get(0))
                .isEqualTo(
                        "method,labels,accuracy,min,max,change,max change,p,nodes removed,weights removed,MACs removed,"
                                + "memory footprint,\"adaptation, peak MB\",\"adaptation, million MACs\"");
        assertThat(lines).hasSize(2 + methods("table-1").size());
        for (String method : methods("table-1")) {
            assertThat(lines).as(method).anyMatch(line -> line.startsWith(method + ","));
        }
        assertThat(methods("table-1"))
                .contains(
                        "t3a", "lame", "adabn", "tent", "svd+backprop-1e-3", "fine-pruning-weights", "dfpc", "depgraph")
                .contains("backprop-1e-2", "source+prior", "fineprune");
        assertThat(lines)
                .anyMatch(line -> line.startsWith("tent,no,"))
                .anyMatch(line -> line.startsWith("svd+backprop-1e-3,yes,"));
        List<String> pairs = Files.readAllLines(folder.resolve("table-1-pairs.csv"));
        assertThat(pairs).hasSize(lines.size());
        assertThat(pairs).allMatch(line -> line.split(",").length == lines.size());
        assertThat(pairs).anyMatch(line -> line.startsWith("fineprune,") && line.contains(" ("));
        assertDrawn(folder, "figure-2");
    }

    @Test
    void shouldDrawEveryMethodOverSparsityWhenFigure3aIsMade() throws Exception {
        Path folder = run("figure-3a");
        String csv = Files.readString(folder.resolve("figure-3a.csv"));
        for (String method : methods("figure-3a")) {
            assertThat(csv).contains(method + ",0.3,", method + ",0.7,");
        }
        assertThat(csv).contains("source,0.3,");
        assertDrawn(folder, "figure-3a");
    }

    @Test
    void shouldDrawBackpropagationBesideOursWhenFigure3bIsMade() throws Exception {
        Path folder = run("figure-3b");
        String csv = Files.readString(folder.resolve("figure-3b.csv"));
        assertThat(methods("figure-3b")).contains("fineprune", "backprop-1e-2", "backprop-1e-3");
        for (String method : methods("figure-3b")) {
            assertThat(csv).contains(method + ",0.4,", method + ",1,");
        }
        assertDrawn(folder, "figure-3b");
    }

    @Test
    void shouldDrawDeclaredAndUndeclaredWhenFigure3cIsMade() throws Exception {
        Path folder = run("figure-3c");
        String csv = Files.readString(folder.resolve("figure-3c.csv"));
        for (String curve : List.of(
                "source",
                "source+declared",
                "source+prior",
                "source+prior (declared)",
                "fineprune",
                "fineprune (declared)",
                "fine-pruning")) {
            assertThat(csv).contains("\n" + curve + ",2,", "\n" + curve + ",3,");
        }
        assertDrawn(folder, "figure-3c");
    }
}
