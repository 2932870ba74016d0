package io.fineprune.topology.stream;

import io.fineprune.schemas.serde.MalformedMessageException;
import io.fineprune.schemas.serde.MessageSerde;
import io.fineprune.schemas.serde.MessageSerdes;
import io.fineprune.schemas.serde.UserModelKey;
import io.fineprune.schemas.v1.PruneCommand;
import io.fineprune.schemas.v1.PruningOutcome;
import io.fineprune.schemas.v1.PruningReport;
import io.fineprune.schemas.v1.ReasonCode;
import io.fineprune.schemas.v1.Trigger;
import io.fineprune.topology.activation.UnusableEventException.Reason;
import io.fineprune.topology.labelling.Vocabulary;
import io.fineprune.topology.lifecycle.Reports;
import io.fineprune.topology.lifecycle.Why;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.apache.kafka.streams.processor.api.Record;
import org.jspecify.annotations.Nullable;

/**
 * Reads raw commands, sends unauthorised and malformed ones to the dead letters, answers those for unknown models, and
 * passes the others on to the partition of their user, or to every partition.
 */
final class CommandRouter extends Router {
    private final Map<String, List<String>> models;
    private final CommandGate gate;
    private final Clock clock;
    private final MessageSerde<PruneCommand> serde = MessageSerdes.pruneCommand();

    /** @param models names of the classes of each model by its id */
    CommandRouter(
            TopologySettings settings,
            CommandGate gate,
            Map<String, List<String>> models,
            StreamListener listener,
            Clock clock) {
        super(settings, settings.topics().pruningCommands(), Names.COMMAND_DEAD_LETTERS_SINK, listener);
        this.gate = gate;
        this.models = models;
        this.clock = clock;
    }

    @Override
    public void process(Record<byte[], byte[]> record) {
        context().commit();
        byte @Nullable [] value = record.value();
        if (value == null) {
            refuse(record, Reason.MALFORMED, "Expected a command, but found a record without value");
            return;
        }
        Optional<String> unauthorized = gate.unauthorized(record);
        if (unauthorized.isPresent()) {
            refuse(record, Reason.UNAUTHORIZED, unauthorized.get());
            return;
        }
        PruneCommand command;
        try {
            command = serde.fromBytes(value);
        } catch (MalformedMessageException e) {
            refuse(record, Reason.MALFORMED, String.valueOf(e.getMessage()));
            return;
        }
        Optional<String> stale = gate.stale(command);
        if (stale.isPresent()) {
            refuse(record, Reason.UNAUTHORIZED, stale.get());
            return;
        }
        Optional<String> unfit = unfit(command);
        if (unfit.isPresent()) {
            answerRefused(command, unfit.get(), record.timestamp());
            return;
        }
        String user = command.getUserId().isEmpty() ? Reports.ALL : command.getUserId();
        context()
                .forward(
                        new Record<>(user.getBytes(StandardCharsets.UTF_8), command, record.timestamp()),
                        Names.COMMANDS_ACCEPTED);
    }

    /** Why a command does not fit the models; empty if it does. */
    private Optional<String> unfit(PruneCommand command) {
        String model = command.getModelId();
        if (!model.isEmpty() && !models.containsKey(model)) {
            return Optional.of(
                    "Expected one of the models %s, but was %s".formatted(new TreeSet<>(models.keySet()), model));
        }
        List<String> declared = command.getSettings().getDeclaredClasses().getNamesList();
        return models.entrySet().stream()
                .filter(known -> model.isEmpty() || known.getKey().equals(model))
                .flatMap(known -> Vocabulary.problem(known.getValue(), declared).stream()
                        .map(problem -> "Model %s: %s".formatted(known.getKey(), problem)))
                .findFirst();
    }

    private void answerRefused(PruneCommand command, String reason, long timestamp) {
        String user = command.getUserId().isEmpty() ? Reports.ALL : command.getUserId();
        PruningReport report = Reports.unpublished(
                new UserModelKey(user, command.getModelId()),
                Trigger.TRIGGER_COMMAND,
                Optional.of(command),
                PruningOutcome.PRUNING_OUTCOME_COMMAND_REFUSED,
                new Why(ReasonCode.REASON_CODE_COMMAND_UNUSABLE, reason),
                0,
                clock.millis());
        context()
                .forward(
                        new Record<>(
                                user.getBytes(StandardCharsets.UTF_8),
                                MessageSerdes.pruningReport().toBytes(report),
                                timestamp),
                        Names.COMMAND_REPORTS_SINK);
    }
}
