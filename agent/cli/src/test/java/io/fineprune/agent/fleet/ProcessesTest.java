package io.fineprune.agent.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import io.fineprune.agent.broker.BrokerProcess;
import io.fineprune.agent.broker.BrokerSettings;
import io.fineprune.agent.recordings.Recordings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Agent, broker and two devices as processes of their own, as an operator runs them. */
class ProcessesTest {
    /** Shuffled events that hold at least three of each of the ten classes, however few came before the first stop. */
    private static final int MORE = 120;

    @TempDir
    private Path folder;

    @Test
    void shouldWorkTogetherStopInTimeAndGoOnExactlyWhereTheyWere() throws Exception {
        Path model = Files.createDirectories(folder.resolve("model"));
        copy("/demo/model/saved_model.pb", model.resolve("saved_model.pb"));
        copy("/demo/model/model.yaml", model.resolve("model.yaml"));
        Path data = copy("/demo/spoken-digits-users.zip", folder.resolve("users.zip"));
        assertThat(Recordings.byUser(Recordings.load(data)).keySet()).contains("ada", "boris");
        try (BrokerProcess broker = BrokerProcess.start(BrokerSettings.in(folder.resolve("broker")))) {
            String servers = broker.bootstrapServers();
            assertThat(Cli.run("topics", "create", "-b", servers, "--partitions", "2")
                            .exitCode())
                    .isZero();
            long ada;
            long boris;
            try (Cli.Child agent = agent(servers, model)) {
                agent.awaitLine("Agent runs");
                try (Cli.Child first = device(servers, model, data, "ada", 40);
                        Cli.Child second = device(servers, model, data, "boris", 100_000)) {
                    first.awaitLine("ada: sent 40 events");
                    second.awaitLine("Events of boris");
                    ada = sent(first.terminate());
                    boris = sent(second.terminate());
                    assertThat(ada).isEqualTo(40);
                    assertThat(boris).isPositive();
                }
                agent.terminate();
            }
            try (Cli.Child agent = agent(servers, model);
                    Cli.Child first = device(servers, model, data, "ada", MORE);
                    Cli.Child second = device(servers, model, data, "boris", MORE)) {
                first.awaitLine("ada: sent " + MORE + " events");
                second.awaitLine("boris: sent " + MORE + " events");
                agent.awaitLine("Agent runs");
                awaitCount(servers, "ada", ada + MORE);
                awaitCount(servers, "boris", boris + MORE);
                Cli.Ended all = Cli.run("reprune", "--all", "--sparsity", "0.6", "-b", servers);
                assertThat(all.exitCode()).as(all.output()).isZero();
                for (String user : List.of("ada", "boris")) {
                    Matcher published = Pattern.compile(user + " .*: published, version (\\d+)")
                            .matcher(all.output());
                    assertThat(published.find()).as(all.output()).isTrue();
                    awaitApplied(servers, user, published.group(1));
                }
                first.terminate();
                second.terminate();
                agent.terminate();
            }
            assertThat(broker.terminate(Cli.STOP))
                    .as("the broker stopped in time")
                    .isTrue();
        }
        assertThat(Files.readString(folder.resolve("broker").resolve("broker.log")))
                .doesNotContain(" ERROR ");
    }

    /** Asks for masks until one rests on exactly so many events; never on more. */
    private void awaitCount(String servers, String user, long events) throws Exception {
        List<String> answers = new ArrayList<>();
        for (int attempt = 0; attempt < 20; attempt++) {
            Cli.Ended reprune = Cli.run("reprune", "--user", user, "--sparsity", "0.5", "-b", servers);
            answers.add(reprune.output());
            Matcher matcher = Pattern.compile("published, version \\d+.* from (\\d+) events")
                    .matcher(reprune.output());
            if (matcher.find()) {
                long found = Long.parseLong(matcher.group(1));
                assertThat(found).as("events of %s", user).isLessThanOrEqualTo(events);
                if (found == events) {
                    assertThat(reprune.exitCode()).isZero();
                    return;
                }
            }
        }
        throw new AssertionError("Expected %d events of %s, found %s".formatted(events, user, answers));
    }

    /** Until the user's devices have acknowledged a version. */
    private static void awaitApplied(String servers, String user, String version) throws Exception {
        Pattern line = Pattern.compile("(?m)^%s +\\S+ +%s .* 1 of 1$".formatted(user, version));
        Cli.Ended list = Cli.run("masks", "list", "-b", servers);
        for (int attempt = 1; attempt < 20 && !line.matcher(list.output()).find(); attempt++) {
            list = Cli.run("masks", "list", "-b", servers);
        }
        assertThat(list.output()).containsPattern(line);
    }

    private static long sent(String output) {
        Matcher matcher = Pattern.compile("(\\d+) events sent").matcher(output);
        assertThat(matcher.find()).as(output).isTrue();
        return Long.parseLong(matcher.group(1));
    }

    private Cli.Child agent(String servers, Path model) throws IOException {
        return new Cli.Child(
                "agent",
                "-b",
                servers,
                "--model",
                model.toString(),
                "--state",
                folder.resolve("state").toString(),
                "--http-port",
                "0",
                "--set",
                "budget.events=30");
    }

    private static Cli.Child device(String servers, Path model, Path data, String user, int events) throws IOException {
        return new Cli.Child(
                "device",
                "-b",
                servers,
                "--model",
                model.toString(),
                "--data",
                data.toString(),
                "--user",
                user,
                "--events",
                Integer.toString(events),
                "--rate",
                "40");
    }

    static Path copy(String resource, Path to) throws IOException {
        try (var in = ProcessesTest.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IOException("There is no resource " + resource);
            }
            Files.copy(in, to);
            return to;
        }
    }
}
