package io.fineprune.agent.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class CompactBenchTest {
    @Test
    void shouldMeasureThatLessIsFasterWhenNodesAreTakenOut() throws Exception {
        List<String> progress = new ArrayList<>();
        List<CompactResult> results = new CompactBench(
                        new CompactBench.Options(List.of(BenchShape.VGG_7), List.of(0.65), 3, 1, true), progress::add)
                .run();
        assertThat(progress).containsExactly("VGG-7, 32x32x1, 65 % of the nodes removed");
        CompactResult result = results.get(0);
        assertThat(result.macsRatio()).isBetween(6.0, 9.0);
        assertThat(result.fileRatio()).isBetween(6.0, 9.0);
        assertThat(result.timings()).extracting(CompactResult.Timing::batch).containsExactly(1, 32);
        assertThat(result.timings().get(1).compacted().median())
                .as("eight times fewer operations at batch 32; machines may be busy")
                .isGreaterThan(1.5);
        assertThat(result.memoryRatio().isPresent()).isEqualTo(Files.isReadable(Path.of("/proc/self/status")));

        JsonNode json = new ObjectMapper().readTree(CompactReport.json(results));
        assertThat(json.at("/0/timings/1/compacted/median").asDouble())
                .isCloseTo(result.timings().get(1).compacted().median(), within(1e-9));
        List<String> table = CompactReport.markdown(results).lines().toList();
        assertThat(table).hasSize(3).allMatch(line -> line.startsWith("|") && line.endsWith("|"));
        assertThat(table.stream().map(line -> line.chars().filter(c -> c == '|').count()))
                .as("as many columns in every line")
                .containsOnly(13L);
    }

    @Test
    void shouldInterpolateQuantilesBetweenNeighbours() {
        assertThat(Interleaved.quantile(new double[] {4, 1, 3, 2}, 0.5)).isEqualTo(2.5);
        assertThat(Interleaved.quantile(new double[] {7}, 0.25)).isEqualTo(7);
    }
}
