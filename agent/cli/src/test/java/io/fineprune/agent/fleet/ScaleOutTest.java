package io.fineprune.agent.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import io.fineprune.agent.runtime.FleetControl;
import io.fineprune.schemas.serde.UserModelKey;
import io.fineprune.schemas.topic.Topics;
import io.fineprune.schemas.v1.MaskUpdate;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Agents in processes of their own that share the partitions, against one that has them all. */
class ScaleOutTest {
    private static final int USERS = 9;
    private static final int BUDGET = 60;
    private static final int EVENTS = 70;
    private static final Duration STOP = Duration.ofSeconds(15);

    @TempDir
    private static Path folder;

    @SuppressWarnings("NullAway.Init")
    private static Fleet fleet;

    @BeforeAll
    static void start() throws Exception {
        fleet = new Fleet(folder);
    }

    @AfterAll
    static void stop() {
        fleet.close();
    }

    @Test
    void shouldMakeTheSameMasksBitForBitWhetherOneAgentOrTwoOrFourShareThePartitions() throws Exception {
        SortedMap<String, MaskUpdate> alone = masks(1);
        assertThat(alone).hasSize(USERS);
        assertThat(masks(2)).isEqualTo(alone);
        assertThat(masks(4)).isEqualTo(alone);
    }

    private static SortedMap<String, MaskUpdate> masks(int agents) throws Exception {
        Topics topics = fleet.topics("shared-by-" + agents);
        List<Process> processes = new ArrayList<>();
        try {
            for (int a = 0; a < agents; a++) {
                processes.add(agent(agents, a));
            }
            // Half of the events come while the agents still share out the partitions.
            send(topics, 0, EVENTS / 2);
            FleetControl control = new FleetControl(topics, fleet.kafka());
            send(topics, EVENTS / 2, EVENTS);
            Fleet.await(
                    () -> control.masks().size() == USERS,
                    () -> USERS + " masks, found " + control.masks().size() + " from " + agents + " agents");
            SortedMap<String, MaskUpdate> masks = new TreeMap<>();
            for (var entry : control.masks().entrySet()) {
                UserModelKey key = entry.getKey();
                masks.put(key.user(), entry.getValue());
            }
            return masks;
        } finally {
            for (Process process : processes) {
                process.destroy();
            }
            for (Process process : processes) {
                if (!process.waitFor(STOP.toMillis(), TimeUnit.MILLISECONDS)) {
                    process.destroyForcibly();
                }
            }
        }
    }

    /** Users take turns, so that every partition is at work. */
    private static void send(Topics topics, int from, int to) throws IOException {
        List<String> owners = new ArrayList<>(fleet.recordings.keySet());
        Collections.sort(owners);
        for (int u = 0; u < USERS; u++) {
            fleet.send(topics, fleet.events("user-" + u, owners.get(u % owners.size()), from, to));
        }
    }

    private static Process agent(int agents, int number) throws IOException {
        Path state = Files.createDirectories(folder.resolve("state-" + agents + "-" + number));
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-Xmx512m",
                "--add-opens=java.base/java.nio=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                SharedAgent.class.getName(),
                fleet.bootstrapServers(),
                "shared-by-" + agents,
                state.toString(),
                fleet.modelDirectory.toString(),
                Integer.toString(BUDGET)));
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(
                        ProcessBuilder.Redirect.to(state.resolve("agent.log").toFile()))
                .start();
    }
}
