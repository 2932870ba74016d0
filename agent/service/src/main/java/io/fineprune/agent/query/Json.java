package io.fineprune.agent.query;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fineprune.agent.fleet.Round;
import io.fineprune.agent.fleet.UserStatus;
import io.fineprune.schemas.serde.MaskLayers;
import io.fineprune.schemas.v1.AccuracyEstimate;
import io.fineprune.schemas.v1.MaskUpdate;
import io.fineprune.schemas.v1.Sparsity;
import io.fineprune.topology.activation.Architecture;
import io.fineprune.topology.activation.Layer;
import java.io.IOException;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;

/** What the answers look like; {@code openapi.yaml} describes the same. */
final class Json {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private Json() {}

    static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }

    static ArrayNode array() {
        return JsonNodeFactory.instance.arrayNode();
    }

    static JsonNode parse(String text) throws IOException {
        return MAPPER.readTree(text);
    }

    /** Writes one row of the list of users. */
    static ObjectNode user(UserStatus user) {
        ObjectNode node = object();
        node.put("user", user.key().user());
        node.put("model", user.key().model());
        node.put("version", user.version());
        node.put("served", user.served().name().toLowerCase(Locale.ROOT));
        node.put("rounds", user.rounds());
        node.put("devices", user.devices());
        node.put("devicesCurrent", user.devicesCurrent());
        node.put("publishedAtMillis", user.publishedAtMillis());
        node.put("updateBytes", user.updateBytes());
        node.put("eventsSeen", user.eventsSeen());
        estimate(node, "estimatedAccuracy", user.estimated());
        estimate(node, "sourceAccuracy", user.source());
        number(node, "accuracyChange", user.change());
        number(node, "measuredAccuracy", user.measured());
        node.put("labels", user.labelled());
        number(node, "budget", user.budget());
        user.sparsity().ifPresent(sparsity -> node.set("sparsity", sparsity(sparsity)));
        if (user.outside() != UserStatus.Outside.NO) {
            node.put("measuredOutside", user.outside().name().toLowerCase(Locale.ROOT));
        }
        node.put("decidedAtMillis", user.decidedAtMillis());
        node.put("lastOutcome", user.last());
        node.put("lastReasonCode", user.code());
        node.put("lastReason", user.reason());
        node.put("paused", user.paused());
        node.put("pinned", user.pinned());
        if (user.waitsSinceMillis() > 0) {
            node.put("waitsSinceMillis", user.waitsSinceMillis());
        }
        if (!user.graph().isEmpty()) {
            node.put("graph", user.graph());
        }
        return node;
    }

    static ArrayNode rounds(UserStatus user) {
        ArrayNode rounds = array();
        for (Round round : user.history()) {
            ObjectNode node = rounds.addObject();
            node.put("decidedAtMillis", round.decidedAtMillis());
            node.put("trigger", round.trigger());
            node.put("outcome", round.outcome());
            node.put("reasonCode", round.code());
            node.put("reason", round.reason());
            node.put("requestedBy", round.requestedBy());
            node.put("version", round.version());
            number(node, "weightsRemoved", round.weightsRemoved());
            estimate(node, "estimatedAccuracy", round.estimated());
            estimate(node, "sourceAccuracy", round.source());
        }
        return rounds;
    }

    static ObjectNode mask(MaskUpdate update) {
        ObjectNode node = object();
        node.put("user", update.getUserId());
        node.put("model", update.getModelId());
        node.put("version", update.getVersion());
        node.put("parentVersion", update.getParentVersion());
        node.put("kind", plain(update.getKind(), "UPDATE_KIND_"));
        node.put("granularity", plain(update.getGranularity(), "GRANULARITY_"));
        node.put("criterion", plain(update.getCriterion(), "CRITERION_"));
        node.put(
                "fingerprint",
                HexFormat.of().formatHex(update.getModelFingerprint().toByteArray()));
        node.set("sparsity", sparsity(MaskLayers.sparsity(update)));
        ArrayNode layers = node.putArray("layers");
        int number = 0;
        for (MaskLayers.Named layer : MaskLayers.of(update)) {
            number++;
            int size = layer.mask().size();
            byte[] kept = Arrays.copyOf(layer.mask().kept().toByteArray(), (size + 7) / 8);
            layers.addObject()
                    .put("layer", layer.name().orElse("layer " + number))
                    .put("size", size)
                    .put("kept", layer.mask().kept().cardinality())
                    .put("bits", Base64.getEncoder().encodeToString(kept));
        }
        return node;
    }

    static ObjectNode model(Architecture architecture) {
        ObjectNode node = object();
        node.put("model", architecture.modelId());
        node.put("fingerprint", architecture.fingerprint());
        ArrayNode classes = node.putArray("classes");
        architecture.labels().forEach(classes::add);
        ArrayNode layers = node.putArray("layers");
        for (Layer layer : architecture.layers()) {
            layers.addObject()
                    .put("layer", layer.name())
                    .put("kind", layer.kind().name().toLowerCase(Locale.ROOT))
                    .put("nodes", layer.nodes())
                    .put("weights", layer.weights());
        }
        return node;
    }

    static String plain(Enum<?> value, String prefix) {
        return value.name().replaceFirst("^" + prefix, "").toLowerCase(Locale.ROOT);
    }

    private static ObjectNode sparsity(Sparsity sparsity) {
        return object().put("nodes", sparsity.getNodes())
                .put("weights", sparsity.getWeights())
                .put("macs", sparsity.getMacs());
    }

    private static void estimate(ObjectNode node, String name, Optional<AccuracyEstimate> estimate) {
        estimate.ifPresent(e -> node.putObject(name)
                .put("value", e.getValue())
                .put("lower", e.getLower())
                .put("upper", e.getUpper()));
    }

    private static void number(ObjectNode node, String name, OptionalDouble number) {
        number.ifPresent(value -> node.put(name, value));
    }
}
