package io.fineprune.agent.bench;

import io.fineprune.agent.metrics.FleetMeter;
import io.fineprune.agent.runtime.FleetAgent;
import io.fineprune.schemas.topic.Topics;
import io.fineprune.topology.activation.SourceModel;
import io.fineprune.topology.budget.Budget;
import io.fineprune.topology.lifecycle.EffectiveSettings;
import io.fineprune.topology.repair.LayerwiseModel;
import io.fineprune.topology.stream.Routing;
import io.fineprune.topology.stream.StreamsSettings;
import io.fineprune.topology.stream.TopologySettings;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;

/** Agents as they run in production, but for standby replicas, on a broker of one node. */
final class BenchAgent {
    static final int PARTITIONS = 4;
    private static final Duration START_TIMEOUT = Duration.ofMinutes(10);

    private BenchAgent() {}

    /** Starts an agent and waits until it has its partitions and stores. The caller closes it. */
    static FleetAgent start(
            String bootstrapServers,
            Topics topics,
            String application,
            Path stateDirectory,
            SourceModel model,
            Map<String, LayerwiseModel> layerwise,
            EffectiveSettings settings)
            throws IOException, InterruptedException {
        FleetAgent agent = FleetAgent.start(
                new TopologySettings(
                        topics,
                        PARTITIONS,
                        Routing.DIRECT,
                        model.batchSize(),
                        TopologySettings.DEFAULT_BATCH_MAX_DELAY_MILLIS,
                        settings,
                        TopologySettings.DEFAULT_RESERVOIR_EVENTS,
                        TopologySettings.DEFAULT_SWEEP_USERS),
                new StreamsSettings(
                        application, bootstrapServers, stateDirectory, 1, Map.of("num.standby.replicas", "0")),
                Map.of(model.architecture().modelId(), model),
                layerwise,
                Clock.systemUTC());
        if (!agent.awaitRunning(START_TIMEOUT)) {
            agent.close();
            throw new IOException("Expected the agent to run within " + START_TIMEOUT.toMinutes() + " minutes");
        }
        return agent;
    }

    /** Returns settings that never prune, since only the counting of events is measured. */
    static EffectiveSettings counting() {
        return new EffectiveSettings(EffectiveSettings.DEFAULT.personalization(), new Budget(Budget.MAX_EVENTS, 0, 1));
    }

    static Pausable pausable(FleetAgent agent, Topics topics) {
        return new Pausable(agent.streams(), topics.sensorEvents().name(), () ->
                (long) agent.metrics().count(FleetMeter.EVENTS, "outcome", "counted"));
    }
}
