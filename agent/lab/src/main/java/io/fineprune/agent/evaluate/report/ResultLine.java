package io.fineprune.agent.evaluate.report;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fineprune.agent.evaluate.Breadth.Compared;
import io.fineprune.agent.evaluate.ClassGroup;
import io.fineprune.agent.evaluate.ClassTally;
import io.fineprune.agent.evaluate.EvaluationResult;
import io.fineprune.agent.evaluate.Pair;
import io.fineprune.agent.evaluate.ResultKey;
import io.fineprune.agent.evaluate.Tally;
import io.fineprune.agent.evaluate.method.GateVerdict;
import io.fineprune.agent.evaluate.method.GateVerdict.Estimate;
import java.util.Set;

/** One result with all that others may want to analyse, on one line of JSON. */
final class ResultLine {
    private static final ObjectMapper JSON = new ObjectMapper();

    private ResultLine() {}

    static String of(Pair pair) {
        EvaluationResult result = pair.result();
        ResultKey key = result.key();
        ObjectNode line = JSON.createObjectNode()
                .put("user", key.user())
                .put("fold", key.fold())
                .put("method", key.method())
                .put("sparsity", key.sparsity())
                .put("budget", key.budget())
                .put("classes", key.classes())
                .put("draw", key.draw())
                .put("declared", key.declared())
                .put("events", result.adapted());
        group(line, "own", pair, ClassGroup.OWN);
        group(line, "met", pair, ClassGroup.MET);
        group(line, "later", pair, ClassGroup.LATER);
        group(line, "all", pair, ClassGroup.ALL);
        line.putObject("worstClass")
                .put("accuracy", result.worst())
                .put("sourceAccuracy", pair.source().worst());
        if (result.others().tested() > 0) {
            line.putObject("otherUsers")
                    .put("tested", result.others().tested())
                    .put("accuracy", result.others().accuracy())
                    .put("sourceAccuracy", pair.source().others().accuracy());
        }
        line.putObject("removed")
                .put("nodes", result.removed().nodes())
                .put("weights", result.removed().weights())
                .put("macs", result.removed().macs());
        line.put("seconds", result.seconds());
        if (result.gate().isPresent()) {
            decision(line, pair, result.gate().get());
        }
        var classes = line.putArray("byClass");
        for (ClassTally tally : result.classes()) {
            Tally source = pair.source().tally(Set.of(tally.index()));
            classes.addObject()
                    .put("class", tally.index())
                    .put("own", tally.own())
                    .put("budget", tally.budget())
                    .put("tested", tally.tested())
                    .put("correct", tally.correct())
                    .put("sourceCorrect", source.correct());
        }
        return line.toString();
    }

    private static void decision(ObjectNode line, Pair pair, GateVerdict gate) {
        line.put("published", gate.published());
        line.put("right", pair.right());
        if (!gate.published()) {
            line.put("reason", gate.reason());
            line.put("helpfulHeld", pair.helpfulHeld());
        }
        pair.result().withheld().ifPresent(tally -> line.put("withheldAccuracy", tally.accuracy()));
        gate.source().ifPresent(estimate -> estimate(line.putObject("sourceEstimate"), estimate));
        gate.inForce().ifPresent(estimate -> estimate(line.putObject("estimate"), estimate));
    }

    private static void estimate(ObjectNode node, Estimate estimate) {
        node.put("value", estimate.value()).put("low", estimate.low()).put("high", estimate.high());
    }

    private static void group(ObjectNode line, String name, Pair pair, ClassGroup group) {
        if (pair.has(group)) {
            Compared compared = pair.compare(group);
            line.putObject(name)
                    .put("tested", pair.result().tally(group).tested())
                    .put("accuracy", compared.accuracy())
                    .put("sourceAccuracy", compared.source());
        }
    }
}
