package io.fineprune.agent.fleet;

import io.fineprune.agent.runtime.FleetAgent;
import io.fineprune.agent.source.SourceModels;
import io.fineprune.agent.tensorflow.TensorFlowModel;
import io.fineprune.schemas.topic.Topics;
import io.fineprune.topology.budget.Budget;
import io.fineprune.topology.lifecycle.EffectiveSettings;
import io.fineprune.topology.pruning.PruningPlan;
import io.fineprune.topology.stream.Routing;
import io.fineprune.topology.stream.StreamsSettings;
import io.fineprune.topology.stream.TopologySettings;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;

/** One of several agents of an application, in a JVM of its own, with topics of a test. */
final class SharedAgent {
    private SharedAgent() {}

    /** Arguments: bootstrap servers, application and prefix of the topics, state directory, model directory, budget. */
    public static void main(String[] arguments) throws InterruptedException {
        TensorFlowModel model = SourceModels.open(Path.of(arguments[3]), 32);
        String modelId = model.architecture().modelId();
        FleetAgent agent = FleetAgent.start(
                new TopologySettings(
                        Topics.withPrefix(arguments[1] + "."),
                        Fleet.PARTITIONS,
                        Routing.DIRECT,
                        model.batchSize(),
                        50,
                        new EffectiveSettings(PruningPlan.DEFAULT, new Budget(Integer.parseInt(arguments[4]), 0, 1)),
                        TopologySettings.DEFAULT_RESERVOIR_EVENTS,
                        TopologySettings.DEFAULT_SWEEP_USERS),
                new StreamsSettings(arguments[1], arguments[0], Path.of(arguments[2]), 1, Map.of()),
                Map.of(modelId, model),
                Map.of(),
                Clock.systemUTC());
        Runtime.getRuntime().addShutdownHook(new Thread(agent::close));
        agent.awaitEnd();
    }
}
