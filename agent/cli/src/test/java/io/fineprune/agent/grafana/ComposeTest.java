package io.fineprune.agent.grafana;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The compose file, as far as it can be checked without pulling images. */
class ComposeTest {
    private static final Path ROOT = Dashboards.GRAFANA.resolveSibling("docker-compose.yml");

    @Test
    void shouldBeAcceptedByDockerCompose() throws Exception {
        assumeTrue(
                Tools.find("docker-compose").isPresent(),
                "docker-compose is not on the PATH (Debian package docker-compose)");
        Tools.Outcome outcome =
                Tools.run(Dashboards.GRAFANA, List.of("docker-compose", "-f", ROOT.toString(), "config", "--quiet"));
        assertThat(outcome.code()).as(outcome.output()).isZero();
    }

    @Test
    void shouldGiveEachAgentAStateOfItsOwnAndLeaveNoVolumesBehind() throws Exception {
        YAMLMapper yaml = new YAMLMapper();
        JsonNode services = yaml.readTree(ROOT.toFile()).path("services");
        List<String> states = new ArrayList<>();
        for (String name : List.of("agent", "agent-2")) {
            for (JsonNode volume : services.path(name).path("volumes")) {
                if (volume.asText().endsWith(":/var/lib/fineprune/state")) {
                    states.add(volume.asText());
                }
            }
        }
        assertThat(states).hasSize(2).doesNotHaveDuplicates();
        assertThat(Files.readString(ROOT))
                .as("replicas of a service would share its volume")
                .doesNotContain("--scale");
        assertThat(Files.readString(ROOT.resolveSibling("agent").resolve("Dockerfile")))
                .as("a volume without a name is left behind by every container")
                .doesNotContainPattern("(?m)^VOLUME");
    }

    @Test
    void shouldPinImagesAndMountFilesThatExist() throws Exception {
        JsonNode services = new YAMLMapper().readTree(ROOT.toFile()).path("services");
        assertThat(services).hasSizeGreaterThan(6);
        for (JsonNode service : services) {
            JsonNode image = service.path("image");
            if (!image.isMissingNode()) {
                assertThat(image.asText()).matches("[a-z/]+:v?\\d+\\.\\d+\\.\\d+");
            }
            for (JsonNode volume : service.path("volumes")) {
                String from = volume.asText().split(":", 2)[0];
                if (from.startsWith(".")) {
                    assertThat(ROOT.resolveSibling(from).normalize()).exists();
                }
            }
        }
        String provider = Files.readString(Dashboards.GRAFANA.resolve("provisioning/dashboards/fineprune.yaml"));
        assertThat(provider).contains("path: /etc/grafana/dashboards");
        assertThat(Files.readString(ROOT)).contains("./grafana/dashboards:/etc/grafana/dashboards:ro");
    }
}
