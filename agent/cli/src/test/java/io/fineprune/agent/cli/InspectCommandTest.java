package io.fineprune.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fineprune.agent.tensorflow.RandomNets;
import io.fineprune.agent.tensorflow.graph.TensorRef;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;

class InspectCommandTest {
    @TempDir
    private Path folder = Path.of("");

    /** One residual block: 3x3 stem of 8, branch of 4, back to 8, addition, classifier. */
    private Path residual() throws IOException {
        RandomNets net = new RandomNets(1, 10, 10, 3);
        String stem = net.relu(net.convolution("input", 3, 3, 8, 1));
        String branch = net.convolution(net.relu(net.convolution(stem, 1, 8, 4, 1)), 3, 4, 8, 1);
        String sum = net.relu(net.binary("AddV2", stem, branch));
        String output = net.unary("Softmax", net.dense(net.mean(sum, false), 8, 5));
        net.graph().prune(List.of(TensorRef.of(output)));
        return Files.write(
                folder.resolve("a<b>\"&.pb"), net.graph().toGraphDef().toByteArray());
    }

    @Test
    void shouldTellLayersGroupsAndReasonsWhenAskedForATable() throws Exception {
        Run run = Run.of("inspect", residual());
        assertThat(run.err()).isEmpty();
        assertThat(run.exitCode()).isZero();
        List<String> lines = run.out().lines().toList();
        assertThat(lines).anyMatch(line -> line.matches(" *1 +\\S+ +convolution 3x3 +8 +3 +216 +21,600 +g1 +yes"));
        assertThat(lines).anyMatch(line -> line.matches(" *2 +\\S+ +convolution 1x1 +4 +8 +32 +3,200 +g2 +yes"));
        assertThat(lines).anyMatch(line -> line.matches(" *3 +\\S+ +convolution 3x3 +8 +4 +288 +28,800 +g1 +yes"));
        assertThat(lines)
                .anyMatch(line -> line.matches(" *4 +\\S+ +dense +5 +8 +40 +40 +- +no: its nodes are the classes"));
        assertThat(lines.get(lines.size() - 1))
                .contains("4 layers", "25 nodes, 20 of them prunable as 12 units in 2 groups", "576 weights", "53,640");
    }

    @Test
    void shouldWriteTheSameAsJsonWhenAsked() throws Exception {
        Run run = Run.of("inspect", "--json", residual());
        JsonNode json = new ObjectMapper().readTree(run.out());
        assertThat(json.at("/layers/2/group").asInt()).isEqualTo(1);
        assertThat(json.at("/layers/3/prunable").asBoolean()).isFalse();
        assertThat(json.at("/layers/3/reason").asText()).isEqualTo("its nodes are the classes");
        assertThat(json.at("/groups/0/units").asInt()).isEqualTo(8);
        assertThat(json.at("/totals/macs").asLong()).isEqualTo(53_640);
    }

    @Test
    void shouldDrawLayersGroupsAndJoinsWhenAPictureIsWanted() throws Exception {
        Path svg = folder.resolve("net.svg");
        Path dot = folder.resolve("net.dot");
        assertThat(Run.of("inspect", residual(), "--picture", svg, "--picture", dot)
                        .exitCode())
                .isZero();
        Document document =
                DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(svg.toFile());
        assertThat(document.getElementsByTagName("g").getLength())
                .as("input, four layers, addition, output")
                .isEqualTo(7);
        assertThat(document.getElementsByTagName("path").getLength() - 1)
                .as("links, the tip of arrows aside")
                .isEqualTo(7);
        String text = Files.readString(dot);
        assertThat(text).contains("AddV2", "convolution 3x3, 8 nodes, g1", "dense, 5 nodes, kept");
        assertThat(text.lines().filter(line -> line.contains(" -> "))).hasSize(7);
        assertThat(text.chars().filter(c -> c == '{').count())
                .isEqualTo(text.chars().filter(c -> c == '}').count());
    }

    @Test
    void shouldRefuseOtherPicturesWhenAsked() throws Exception {
        Run run = Run.of("inspect", residual(), "--picture", folder.resolve("net.png"));
        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).contains(".svg or .dot");
    }
}
