package io.fineprune.agent.bench;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ThroughputBenchTest {
    @TempDir
    private Path folder;

    @Test
    void shouldMeasureTheWholeWayAgainstThePassAloneAndOneAtATime() throws Exception {
        List<String> progress = new ArrayList<>();
        ThroughputResult result = new ThroughputBench(
                        new ThroughputBench.Options(ThroughputBench.Payload.FEATURES, 256, 4, 1, true),
                        folder,
                        progress::add)
                .run();
        assertThat(progress).contains("Warming up", "Round 1 of 1");
        assertThat(result.rounds()).hasSize(1);
        assertThat(result.cpuRatioToForwardPass())
                .as("events cost more than the pass alone")
                .isGreaterThan(1);
        assertThat(result.speedupOverOneAtATime())
                .as("a session for each event costs many passes; machines may be busy")
                .isGreaterThan(1);
        JsonNode json = new ObjectMapper().readTree(Report.json(result));
        assertThat(json.at("/cpuRatioToForwardPass").asDouble()).isEqualTo(result.cpuRatioToForwardPass());
        assertThat(json.at("/speedupOverOneAtATime").asDouble()).isEqualTo(result.speedupOverOneAtATime());
        assertThat(result.markdown().lines()).allMatch(line -> line.startsWith("|") && line.endsWith("|"));
    }
}
