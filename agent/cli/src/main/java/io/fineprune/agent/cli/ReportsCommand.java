package io.fineprune.agent.cli;

import io.fineprune.agent.config.Choices;
import io.fineprune.agent.query.ProtoJson;
import io.fineprune.schemas.serde.MessageSerdes;
import io.fineprune.schemas.topic.TopicDescriptor;
import io.fineprune.schemas.topic.Topics;
import io.fineprune.schemas.v1.PruningOutcome;
import io.fineprune.schemas.v1.PruningReport;
import io.fineprune.schemas.v1.Trigger;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import picocli.CommandLine.Command;

@Command(
        name = "reports",
        description =
                "Shows what was decided of users, and why: published, held back, commands carried out or refused.")
final class ReportsCommand extends FollowCommand {
    private static final Choices<PruningOutcome> OUTCOMES = Choices.of(PruningOutcome.class, "PRUNING_OUTCOME_");
    private static final Choices<Trigger> TRIGGERS = Choices.of(Trigger.class, "TRIGGER_");

    @Override
    TopicDescriptor<?, ?> topic(Topics topics) {
        return topics.pruningReports();
    }

    @Override
    Optional<Line> line(ConsumerRecord<byte[], byte[]> record) {
        if (record.value() == null) {
            return Optional.empty();
        }
        PruningReport report = MessageSerdes.pruningReport().fromBytes(record.value());
        return Optional.of(new Line(
                Instant.ofEpochMilli(report.getDecidedAtMillis()),
                report.getUserId(),
                text(report),
                ProtoJson.of(report)));
    }

    private static String text(PruningReport report) {
        StringBuilder line = new StringBuilder("%s %s: %s, version %d, by %s"
                .formatted(
                        report.getUserId(),
                        report.getModelId(),
                        OUTCOMES.name(report.getOutcome()).replace('_', ' '),
                        report.getVersion(),
                        TRIGGERS.name(report.getTrigger()).replace('_', ' ')));
        if (!report.getRequestedBy().isEmpty()) {
            line.append(" of ").append(report.getRequestedBy());
        }
        if (report.getEvidence().hasEstimatedAccuracy()) {
            line.append(String.format(
                    Locale.ROOT,
                    ", estimated %.1f %%",
                    100 * report.getEvidence().getEstimatedAccuracy().getValue()));
        }
        if (report.hasSourceAccuracy()) {
            line.append(String.format(
                    Locale.ROOT,
                    ", source %.1f %%",
                    100 * report.getSourceAccuracy().getValue()));
        }
        if (report.getOutcome() == PruningOutcome.PRUNING_OUTCOME_PUBLISHED) {
            line.append(", removed ").append(Shares.of(report.getSparsity()));
        }
        return report.getReason().isEmpty()
                ? line.toString()
                : line.append(". ").append(report.getReason()).toString();
    }
}
