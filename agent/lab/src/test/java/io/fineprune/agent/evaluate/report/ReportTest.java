package io.fineprune.agent.evaluate.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fineprune.agent.evaluate.SummaryTest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportTest {
    @Test
    void shouldHaveTheAgreedShapeWhenWrittenAsJson(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("deep/summary.json");
        SummaryJson.write(file, SummaryTest.example());
        JsonNode root = new ObjectMapper().readTree(file.toFile());
        assertThat(names(root)).containsExactly("users", "methods", "gate");
        assertThat(root.get("users").get(0).asText()).isEqualTo("ann");
        JsonNode source = root.get("methods").get(0);
        JsonNode pruned = root.get("methods").get(1);
        assertThat(source.get("method").asText()).isEqualTo("source");
        assertThat(source.get("p").isNull()).isTrue();
        assertThat(names(pruned))
                .startsWith("method", "accuracy", "sourceAccuracy", "sparsity", "p", "perUser")
                .contains("change", "adaptation");
        assertThat(names(pruned.get("accuracy"))).containsExactly("mean", "min", "max");
        assertThat(names(pruned.get("sourceAccuracy"))).containsExactly("mean", "min", "max");
        assertThat(names(pruned.get("sparsity"))).containsExactly("nodes", "weights", "macs");
        assertThat(pruned.get("accuracy").get("mean").asDouble()).isCloseTo(0.75, within(1e-12));
        assertThat(pruned.get("perUser")).hasSize(2);
        assertThat(names(pruned.get("perUser").get(1))).containsExactly("user", "accuracy", "sourceAccuracy");
    }

    @Test
    void shouldDrawTablesAndFiguresWhenThereIsNoDisplay(@TempDir Path folder) throws Exception {
        Report.write(folder, SummaryTest.example());
        assertThat(Files.readString(folder.resolve("table-1.csv")))
                .contains("fine-pruning,no,0.750,0.600,0.900,+0.100,+0.150,0.30,50.0 %");
        assertThat(Files.readString(folder.resolve("table-1.md"))).startsWith("| method | labels |");
        assertThat(Files.readString(folder.resolve("gate.md"))).contains("| 4 | 2 | 100.0 % | 0.150 | 50.0 % |");
        assertThat(Files.readString(folder.resolve("figure-2.csv"))).contains("fine-pruning,bob,0.9000\r\n");
        assertThat(Files.readString(folder.resolve("figure-3a.csv"))).contains("source,0.5,0.6500\r\n");
        for (String figure : List.of("figure-2", "figure-3a", "figure-3b")) {
            assertThat(ImageIO.read(folder.resolve(figure + ".png").toFile()).getWidth())
                    .isEqualTo(1000);
            assertThat(Files.readString(folder.resolve(figure + ".svg"))).contains("<svg");
        }
        assertThat(folder.resolve("figure-3c.csv")).doesNotExist();
    }

    @Test
    void shouldQuoteCellsWhenTheyHoldCommas() {
        TextTable table = new TextTable(List.of("a", "b"), List.of(List.of("x, y", "say \"z\"")));
        assertThat(table.csv()).isEqualTo("a,b\r\n\"x, y\",\"say \"\"z\"\"\"\r\n");
        assertThat(table.markdown()).isEqualTo("| a | b |\n|---|---|\n| x, y | say \"z\" |\n");
    }

    private static List<String> names(JsonNode node) {
        List<String> names = new ArrayList<>();
        node.fieldNames().forEachRemaining(names::add);
        return names;
    }
}
