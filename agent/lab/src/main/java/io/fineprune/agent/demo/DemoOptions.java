package io.fineprune.agent.demo;

import io.fineprune.topology.lifecycle.PersonalizationPlan;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Options of a demo.
 *
 * @param model directory of the source model; empty: the one that comes with the program, or one trained on the others'
 *     recordings where there is data
 * @param data recordings; empty: those that come with the program
 * @param users who take part; empty: some are chosen
 * @param budget events after which a user is pruned; fewer where users have fewer recordings
 * @param plan how to prune
 * @param eventsPerSecond of each device
 * @param epochs of training, where a model is trained
 * @param seed of training and of the order of streaming
 */
public record DemoOptions(
        Optional<Path> model,
        Optional<Path> data,
        List<String> users,
        int budget,
        PersonalizationPlan plan,
        double eventsPerSecond,
        int epochs,
        long seed) {
    public DemoOptions {
        users = List.copyOf(users);
        if (model.isPresent() && data.isEmpty()) {
            throw new IllegalArgumentException("Expected recordings (--data) to use the model on, but there are none");
        }
    }
}
