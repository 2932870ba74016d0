package io.fineprune.agent.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import io.fineprune.agent.broker.BrokerSettings;
import io.fineprune.agent.broker.EmbeddedBroker;
import io.fineprune.agent.query.Answer;
import io.fineprune.agent.query.CommandApi;
import io.fineprune.agent.runtime.BrokerWatch;
import io.fineprune.agent.runtime.FleetControl;
import io.fineprune.schemas.topic.Topics;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** No broker answers. */
class OutageTest {
    private static final String TOKEN = "0123456789abcdef";

    @Test
    void shouldNoticeWhenBrokersFallSilentAndWhenTheyAreBack(@TempDir Path folder) throws Exception {
        int port;
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        BrokerSettings settings = BrokerSettings.in(folder.resolve("broker")).withPort(port);
        Map<String, String> kafka = Map.of("bootstrap.servers", "localhost:" + port);
        EmbeddedBroker broker = EmbeddedBroker.start(settings);
        try (BrokerWatch watch = BrokerWatch.start(kafka, Clock.systemUTC())) {
            assertThat(watch.answering()).isTrue();
            broker.close();
            Fleet.await(() -> !watch.answering(), () -> "silence to be noticed");
            assertThat(watch.detail()).contains("localhost:" + port, "have not answered since");
            broker = EmbeddedBroker.start(settings);
            Fleet.await(watch::answering, () -> "the brokers to be back, but: " + watch.detail());
        } finally {
            broker.close();
        }
    }

    @Test
    void shouldRefuseACommandSoonAndForGoodWhenNoBrokerTakesIt() throws Exception {
        try (ServerSocket silent = new ServerSocket(0)) {
            Map<String, String> kafka = Map.of("bootstrap.servers", "localhost:" + silent.getLocalPort());
            CommandApi api = new CommandApi(
                    Optional.of(TOKEN), new FleetControl(Topics.standard(), kafka)::postPromptly, Clock.systemUTC());
            long start = System.nanoTime();
            Answer answer = api.post(Optional.of("Bearer " + TOKEN), "{\"user\": \"ada\", \"action\": \"pause\"}");
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
            assertThat(answer.code()).isEqualTo(503);
            assertThat(answer.body()).contains("was not sent");
        }
    }
}
