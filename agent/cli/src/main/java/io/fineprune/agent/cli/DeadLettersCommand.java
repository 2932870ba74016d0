package io.fineprune.agent.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.InvalidProtocolBufferException;
import io.fineprune.schemas.topic.TopicDescriptor;
import io.fineprune.schemas.topic.Topics;
import io.fineprune.schemas.v1.PruneCommand;
import io.fineprune.schemas.v1.SensorEvent;
import io.fineprune.topology.stream.DeadLetters;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;

@Command(
        name = "dead-letters",
        description = {
            "Shows events and commands that could not be used: why, where they lay, and who seems to have sent them.",
            "The sender is what the record itself says, as far as it can be read; nothing of it was checked."
        })
final class DeadLettersCommand extends FollowCommand {
    @Override
    TopicDescriptor<?, ?> topic(Topics topics) {
        return topics.sensorEventsDeadLetters();
    }

    /** Whom a record names; empty where it names nobody. */
    private record Sender(String user, String device) {}

    @Override
    Optional<Line> line(ConsumerRecord<byte[], byte[]> record) {
        String topic = header(record, DeadLetters.SOURCE_TOPIC);
        Sender sender = sender(record, topic);
        String reason =
                header(record, DeadLetters.REASON).toLowerCase(Locale.ROOT).replace('_', ' ');
        String message = header(record, DeadLetters.MESSAGE);
        String source = "%s-%s@%s"
                .formatted(
                        topic, header(record, DeadLetters.SOURCE_PARTITION), header(record, DeadLetters.SOURCE_OFFSET));
        ObjectNode json = JsonNodeFactory.instance
                .objectNode()
                .put("reason", reason)
                .put("message", message)
                .put("source", source)
                .put("key", text(record.key()))
                .put("user", sender.user())
                .put("device", sender.device())
                .put("bytes", record.value() == null ? 0 : record.value().length);
        String who = sender.user().isEmpty() && sender.device().isEmpty()
                ? "sender unknown, key '%s'".formatted(text(record.key()))
                : "user '%s', device '%s'".formatted(sender.user(), sender.device());
        return Optional.of(new Line(
                Instant.ofEpochMilli(record.timestamp()),
                sender.user(),
                "%s: %s. From %s, at %s".formatted(reason, message, who, source),
                json));
    }

    private static Sender sender(ConsumerRecord<byte[], byte[]> record, String topic) {
        byte @Nullable [] value = record.value();
        if (value != null) {
            try {
                if (topic.equals(Topics.standard().pruningCommands().name())) {
                    PruneCommand command = PruneCommand.parseFrom(value);
                    return new Sender(printable(command.getUserId()), printable(command.getRequestedBy()));
                }
                SensorEvent event = SensorEvent.parseFrom(value);
                return new Sender(printable(event.getUserId()), printable(event.getDeviceId()));
            } catch (InvalidProtocolBufferException e) {
                return new Sender("", "");
            }
        }
        return new Sender("", "");
    }

    private static String header(ConsumerRecord<byte[], byte[]> record, String name) {
        Header header = record.headers().lastHeader(name);
        return header == null ? "" : text(header.value());
    }
}
