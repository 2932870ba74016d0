package io.fineprune.agent.evaluate.report;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fineprune.agent.evaluate.GateSummary;
import io.fineprune.agent.evaluate.MethodSummary;
import io.fineprune.agent.evaluate.Spread;
import io.fineprune.agent.evaluate.Summary;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A summary as JSON: {@code {"users":[..],"methods":[{"method":..,"accuracy":{"mean":..,"min":..,"max":..},
 * "sourceAccuracy":{..},"sparsity":{"nodes":..,"weights":..,"macs":..},"p":..,"perUser":[..]}]}}, each method with its setting,
 * change and cost besides, and what the quality gate was worth over all of them. Where there is no p, it is null.
 */
public final class SummaryJson {
    private static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    private SummaryJson() {}

    public static ObjectNode of(Summary summary) {
        ObjectNode root = JSON.createObjectNode();
        root.putPOJO("users", summary.users());
        var methods = root.putArray("methods");
        for (MethodSummary method : summary.methods()) {
            ObjectNode node = methods.addObject();
            node.put("method", method.method());
            spread(node.putObject("accuracy"), method.accuracy());
            spread(node.putObject("sourceAccuracy"), method.sourceAccuracy());
            node.putObject("sparsity")
                    .put("nodes", method.removed().nodes())
                    .put("weights", method.removed().weights())
                    .put("macs", method.removed().macs());
            if (method.p().isPresent()) {
                node.put("p", method.p().getAsDouble());
            } else {
                node.putNull("p");
            }
            var users = node.putArray("perUser");
            for (MethodSummary.UserAccuracy user : method.perUser()) {
                users.addObject()
                        .put("user", user.user())
                        .put("accuracy", user.accuracy())
                        .put("sourceAccuracy", user.sourceAccuracy());
            }
            node.put("change", method.change());
            node.put("largestChange", method.largestChange());
            node.put("wantedSparsity", method.wantedSparsity());
            node.put("budget", method.budget());
            node.put("classes", method.classes());
            node.putObject("adaptation")
                    .put("macs", method.cost().macs())
                    .put("peakBytes", method.cost().peakBytes());
            method.gate().ifPresent(gate -> gate(node.putObject("gate"), gate));
        }
        summary.gate().ifPresent(gate -> gate(root.putObject("gate"), gate));
        return root;
    }

    public static void write(Path file, Summary summary) {
        try {
            Path folder = file.toAbsolutePath().getParent();
            if (folder != null) {
                Files.createDirectories(folder);
            }
            Files.writeString(file, JSON.writeValueAsString(of(summary)) + "\n");
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot write " + file, e);
        }
    }

    private static void spread(ObjectNode node, Spread spread) {
        node.put("mean", spread.mean()).put("min", spread.min()).put("max", spread.max());
    }

    private static void gate(ObjectNode node, GateSummary gate) {
        node.put("decisions", gate.decisions())
                .put("published", gate.published())
                .put("right", gate.right())
                .put("estimateError", gate.estimateError())
                .put("coverage", gate.coverage());
    }
}
