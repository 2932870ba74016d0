package io.fineprune.agent.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fineprune.agent.runtime.FleetControl;
import io.fineprune.schemas.serde.MalformedMessageException;
import io.fineprune.schemas.topic.TopicDescriptor;
import io.fineprune.schemas.topic.Topics;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** What the commands share that show what lies in a topic: whose, since when, as text or JSON, and whether they go on. */
@Command(mixinStandardHelpOptions = true)
abstract class FollowCommand implements Callable<Integer> {
    private static final String DEFAULT_SINCE = "24h";

    @Mixin
    private ClusterOptions cluster = new ClusterOptions();

    @Option(names = "--user", paramLabel = "ID", description = "Of one user only.")
    private @Nullable String user;

    @Option(
            names = "--since",
            paramLabel = "TIME",
            defaultValue = DEFAULT_SINCE,
            description = "How far back: 90s, 30m, 24h, 7d, or an instant as 2026-01-31T12:00:00Z (default: 24h).")
    private String since = DEFAULT_SINCE;

    @Option(names = "--follow", description = "Go on with what comes, until Ctrl-C.")
    private boolean follow;

    @Option(names = "--json", description = "One JSON object a line.")
    private boolean json;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    /**
     * One record for people and for programs.
     *
     * @param user whose it is; empty if nobody knows
     */
    record Line(Instant time, String user, String text, ObjectNode json) {}

    abstract TopicDescriptor<?, ?> topic(Topics topics);

    /**
     * What a record says; empty if there is nothing to show of it.
     *
     * @throws MalformedMessageException if it cannot be read
     */
    abstract Optional<Line> line(ConsumerRecord<byte[], byte[]> record);

    /** What comes first, once the topic was read to its end. */
    List<Line> gathered(List<Line> lines, FleetControl control) {
        return lines.stream().sorted(Comparator.comparing(Line::time)).toList();
    }

    @Override
    public Integer call() throws Exception {
        Instant from = Since.parse(since, Instant.now());
        FleetControl control =
                new FleetControl(Topics.standard(), cluster.load().kafka());
        String name = topic(Topics.standard()).name();
        List<Line> lines = new ArrayList<>();
        Instant begun = Instant.now();
        control.read(name, from, false, record -> read(record).ifPresent(lines::add));
        gathered(lines, control).forEach(this::print);
        if (follow) {
            control.read(name, begun, true, record -> read(record).ifPresent(this::print));
        }
        return ExitCode.OK;
    }

    private Optional<Line> read(ConsumerRecord<byte[], byte[]> record) {
        try {
            return line(record).filter(line -> user == null || user.equals(line.user()));
        } catch (MalformedMessageException e) {
            ObjectNode node = JsonNodeFactory.instance
                    .objectNode()
                    .put("unreadable", e.getMessage())
                    .put("partition", record.partition())
                    .put("offset", record.offset());
            String text = "cannot be read: " + e.getMessage();
            return user == null
                    ? Optional.of(new Line(Instant.ofEpochMilli(record.timestamp()), "", text, node))
                    : Optional.empty();
        }
    }

    private void print(Line line) {
        PrintWriter out = spec.commandLine().getOut();
        out.println(
                json
                        ? line.json().toString()
                        : "%s  %s".formatted(line.time().truncatedTo(ChronoUnit.SECONDS), printable(line.text())));
        out.flush();
    }

    /** Names come from devices: no control characters on the terminal. */
    static String printable(String text) {
        return text.replaceAll("\\p{Cntrl}", "?");
    }

    static String text(byte @Nullable [] bytes) {
        return bytes == null ? "" : printable(new String(bytes, StandardCharsets.UTF_8));
    }
}
