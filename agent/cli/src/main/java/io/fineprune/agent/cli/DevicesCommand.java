package io.fineprune.agent.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fineprune.agent.config.Choices;
import io.fineprune.agent.query.ProtoJson;
import io.fineprune.agent.runtime.FleetControl;
import io.fineprune.schemas.serde.MessageSerdes;
import io.fineprune.schemas.serde.UserModelKey;
import io.fineprune.schemas.topic.TopicDescriptor;
import io.fineprune.schemas.topic.Topics;
import io.fineprune.schemas.v1.AcknowledgementStatus;
import io.fineprune.schemas.v1.MaskAcknowledgement;
import io.fineprune.schemas.v1.MaskUpdate;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import picocli.CommandLine.Command;

@Command(
        name = "devices",
        description = {
            "Shows which version each device runs, of which graph of the model, and why it refused one.",
            "The last answer of each device; with --follow every answer that comes after."
        })
final class DevicesCommand extends FollowCommand {
    private static final Choices<AcknowledgementStatus> STATUSES =
            Choices.of(AcknowledgementStatus.class, "ACKNOWLEDGEMENT_STATUS_");
    private static final int SHORT_FINGERPRINT_BYTES = 8;

    @Override
    TopicDescriptor<?, ?> topic(Topics topics) {
        return topics.maskAcknowledgements();
    }

    @Override
    Optional<Line> line(ConsumerRecord<byte[], byte[]> record) {
        if (record.value() == null) {
            return Optional.empty();
        }
        MaskAcknowledgement answer = MessageSerdes.maskAcknowledgement().fromBytes(record.value());
        String text = "%s %s of %s: runs %s, %s version %d%s"
                .formatted(
                        answer.getDeviceId(),
                        answer.getModelId(),
                        answer.getUserId(),
                        answer.getRunningVersion() == 0 ? "the source model" : "version " + answer.getRunningVersion(),
                        STATUSES.name(answer.getStatus()).replace('_', ' '),
                        answer.getVersion(),
                        answer.getReason().isEmpty() ? "" : ": " + answer.getReason());
        return Optional.of(new Line(
                Instant.ofEpochMilli(answer.getAppliedAtMillis()), answer.getUserId(), text, ProtoJson.of(answer)));
    }

    /** The last answer of each device, with the graph of the version that it runs, where that is in force. */
    @Override
    List<Line> gathered(List<Line> lines, FleetControl control) {
        Map<String, Line> last = new LinkedHashMap<>();
        lines.stream().sorted(Comparator.comparing(Line::time)).forEach(line -> last.put(device(line.json()), line));
        Map<UserModelKey, MaskUpdate> masks = control.masks();
        Collection<Line> found = last.values();
        return found.stream()
                .map(line -> graph(line.json(), masks)
                        .map(graph -> new Line(
                                line.time(),
                                line.user(),
                                line.text() + " (graph " + graph + ")",
                                line.json().put("graph", graph)))
                        .orElse(line))
                .sorted(Comparator.comparing(Line::time))
                .toList();
    }

    private static String device(ObjectNode answer) {
        return "%s\n%s\n%s"
                .formatted(
                        answer.path("userId").asText(),
                        answer.path("deviceId").asText(),
                        answer.path("modelId").asText());
    }

    private static Optional<String> graph(ObjectNode answer, Map<UserModelKey, MaskUpdate> masks) {
        if (!answer.has("modelId")) {
            return Optional.empty();
        }
        UserModelKey key = new UserModelKey(
                answer.path("userId").asText(), answer.path("modelId").asText());
        return Optional.ofNullable(masks.get(key))
                .filter(mask ->
                        mask.getVersion() == answer.path("runningVersion").asLong())
                .map(mask -> mask.getModelFingerprint())
                .map(bytes -> HexFormat.of()
                        .formatHex(bytes.substring(0, Math.min(bytes.size(), SHORT_FINGERPRINT_BYTES))
                                .toByteArray()));
    }
}
