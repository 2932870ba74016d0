package io.fineprune.agent.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fineprune.agent.device.Device;
import io.fineprune.agent.device.KafkaDeviceTransport;
import io.fineprune.agent.grafana.Prometheus;
import io.fineprune.agent.grafana.Tools;
import io.fineprune.agent.metrics.MonitoringServer;
import io.fineprune.agent.runtime.FleetAgent;
import io.fineprune.agent.runtime.FleetControl;
import io.fineprune.agent.tensorflow.TensorFlowDeviceModels;
import io.fineprune.agent.update.DeviceModel;
import io.fineprune.agent.update.DeviceModels;
import io.fineprune.agent.update.ForwardingModels;
import io.fineprune.schemas.topic.Topics;
import io.fineprune.schemas.v1.CommandAction;
import io.fineprune.schemas.v1.PruneCommand;
import io.fineprune.schemas.v1.PruningReport;
import io.fineprune.schemas.v1.PruningSettings;
import io.fineprune.schemas.v1.SensorEvent;
import io.fineprune.topology.activation.ModelInput;
import io.fineprune.topology.budget.Budget;
import io.fineprune.topology.lifecycle.EffectiveSettings;
import io.fineprune.topology.lifecycle.UpkeepSettings;
import io.fineprune.topology.pruning.PruningPlan;
import io.fineprune.topology.repair.ModelUpdate;
import io.fineprune.topology.stream.TopologySettings;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A day of operations in two minutes: a broker, an agent, devices and a Prometheus with the alert rules, all real. What happens
 * is looked for where operators look: in the metrics, in the alerts, and in the query interface.
 */
class DayOfOperationsTest {
    private static final List<String> USERS = List.of("ada", "boris", "chen");
    private static final int BUDGET = 100;
    private static final int BLOCK = 25;
    private static final Duration WINDOW = Duration.ofSeconds(10);
    private static final String TOKEN = "a-token-of-this-day";

    private final HttpClient client = HttpClient.newHttpClient();
    private final ObjectMapper json = new ObjectMapper();
    private final AtomicBoolean broken = new AtomicBoolean();

    @TempDir
    private Path folder;

    @Test
    void shouldShowEveryTurnOfTheDay() throws Exception {
        assumeTrue(Tools.find("prometheus").isPresent(), "prometheus is not on the PATH (Debian package prometheus)");
        try (Fleet fleet = new Fleet(folder)) {
            Topics topics = fleet.topics("day");
            TopologySettings settings = fleet.settings(
                    topics,
                    new EffectiveSettings(PruningPlan.DEFAULT, new Budget(BUDGET, 0, 1)),
                    0,
                    new UpkeepSettings(2, 1, 3, BLOCK, 0, 0));
            FleetControl control = new FleetControl(topics, fleet.kafka());
            try (FleetAgent agent = fleet.agent(settings, "day", Map.of(), Map.of("commit.interval.ms", "500"));
                    MonitoringServer server = MonitoringServer.start(
                            "127.0.0.1", 0, agent.metrics()::scrape, agent.health(), fleet.site(topics, agent, TOKEN));
                    Prometheus prometheus = Prometheus.start(folder, server.port(), WINDOW);
                    Device ada = device(fleet, topics, "ada", new TensorFlowDeviceModels(fleet.model));
                    Device boris =
                            device(fleet, topics, "boris", new Breakable(new TensorFlowDeviceModels(fleet.model)))) {
                Day day = new Day(fleet, topics, control, prometheus, "http://127.0.0.1:" + server.port());
                masksGoOut(day, ada);
                aVoiceChanges(day);
                anOperatorPrunesAgain(day, ada);
                aBadUpdateIsTakenBack(day, boris);
                anOperatorGoesBack(day, ada);
                for (String alert : List.of("FinepruneUsersDrift", "FinepruneUpdateQuarantined")) {
                    Fleet.await(() -> day.alerts(alert) == 0, () -> alert + " to be resolved");
                }
            }
        }
    }

    private void masksGoOut(Day day, Device ada) throws IOException {
        for (String user : USERS) {
            day.speak(user, user, 0, BUDGET);
        }
        for (String user : USERS) {
            day.awaitVersion(user, 1);
            assertThat(day.last(user).path("trigger").asText()).isEqualTo("budget_events");
        }
        day.awaitMetric("sum(fineprune_prunings_total{trigger=\"budget_events\",outcome=\"published\"})", 3);
        Fleet.await(() -> ada.swapper().version() == 1, () -> "version 1 on the device of ada");
        Fleet.await(() -> day.state("ada").path("served").asText().equals("mask_applied"), () -> "the device's answer");
        assertThat(day.alerts("FinepruneUsersDrift")).isZero();
    }

    private void aVoiceChanges(Day day) throws IOException {
        day.speak("boris", "boris", BUDGET, BUDGET + 3 * BLOCK);
        day.speak("chen", "boris", BUDGET, BUDGET + BLOCK);
        day.awaitMetric("sum(fineprune_drift_checks_total{result=\"beyond\"})", 1);
        day.awaitAlert("FinepruneUsersDrift");
        day.speak("chen", "boris", 0, BUDGET);
        day.awaitVersion("chen", 2);
        assertThat(day.last("chen").path("trigger").asText()).isEqualTo("drift");
        day.awaitMetric("sum(fineprune_prunings_total{trigger=\"drift\",outcome=\"published\"})", 1);
        assertThat(day.state("boris").path("version").asLong()).isEqualTo(1);
    }

    private void anOperatorPrunesAgain(Day day, Device ada) throws Exception {
        day.command("ada", CommandAction.COMMAND_ACTION_REPRUNE);
        day.awaitVersion("ada", 2);
        assertThat(day.last("ada").path("trigger").asText()).isEqualTo("command");
        assertThat(day.last("ada").path("requestedBy").asText()).isEqualTo("night shift");
        day.awaitMetric("sum(fineprune_prunings_total{trigger=\"command\",outcome=\"published\"})", 1);
        Fleet.await(() -> ada.swapper().version() == 2, () -> "version 2 on the device of ada");
    }

    /** The device of boris finds that what it builds answers with NaN. */
    private void aBadUpdateIsTakenBack(Day day, Device boris) throws Exception {
        Fleet.await(() -> boris.swapper().version() == 1 && boris.swapper().settled(), () -> "version 1 at boris");
        broken.set(true);
        day.command("boris", CommandAction.COMMAND_ACTION_REPRUNE);
        day.awaitMetric("sum(fineprune_acknowledgements_total{status=\"refused\"})", 1);
        day.awaitVersion("boris", 3);
        JsonNode decision = day.last("boris");
        assertThat(decision.path("outcome").asText()).isEqualTo("quarantined");
        assertThat(decision.path("reason").asText()).contains("Version 2 failed on 1 devices", "Self-check", "NaN");
        day.awaitMetric("sum(fineprune_prunings_total{outcome=\"quarantined\"})", 1);
        day.awaitMetric("sum(fineprune_rollbacks_total{by=\"quarantine\"})", 1);
        day.awaitAlert("FinepruneUpdateQuarantined");
    }

    private void anOperatorGoesBack(Day day, Device ada) throws Exception {
        List<PruningReport> answers = day.command("ada", CommandAction.COMMAND_ACTION_ROLLBACK);
        assertThat(answers)
                .singleElement()
                .extracting(PruningReport::getContentVersion)
                .isEqualTo(1L);
        day.awaitVersion("ada", 3);
        day.awaitMetric("sum(fineprune_rollbacks_total{by=\"command\"})", 1);
        Fleet.await(() -> ada.swapper().version() == 3, () -> "version 3 on the device of ada");
    }

    private static Device device(Fleet fleet, Topics topics, String user, DeviceModels models) {
        return new Device(
                user,
                user + "-1",
                models,
                new KafkaDeviceTransport(topics, fleet.kafka()),
                Clock.systemUTC(),
                Duration.ofSeconds(10));
    }

    /** The fleet as those who look after it see it. */
    private final class Day {
        private final Fleet fleet;
        private final Topics topics;
        private final FleetControl control;
        private final Prometheus prometheus;
        private final String url;
        private int sent;

        Day(Fleet fleet, Topics topics, FleetControl control, Prometheus prometheus, String url) {
            this.fleet = fleet;
            this.topics = topics;
            this.control = control;
            this.prometheus = prometheus;
            this.url = url;
        }

        /** Events of a user, spoken by somebody, in an order that mixes the classes and is always the same. */
        void speak(String user, String voice, int from, int to) throws IOException {
            List<SensorEvent> events = new ArrayList<>(fleet.events(user, voice, 0, 400));
            Collections.shuffle(events, new Random(7));
            List<SensorEvent> chosen = new ArrayList<>();
            for (SensorEvent event : events.subList(from, to)) {
                chosen.add(event.toBuilder()
                        .setEventId("event-" + sent++)
                        .setCapturedAtMillis(System.currentTimeMillis())
                        .build());
            }
            fleet.send(topics, chosen);
        }

        List<PruningReport> command(String user, CommandAction action) throws Exception {
            PruneCommand.Builder command = PruneCommand.newBuilder()
                    .setCommandId(action + " of " + user)
                    .setUserId(user)
                    .setModelId(fleet.modelId())
                    .setAction(action)
                    .setRequestedBy("night shift")
                    .setRequestedAtMillis(System.currentTimeMillis());
            if (action == CommandAction.COMMAND_ACTION_REPRUNE) {
                command.setSettings(PruningSettings.newBuilder().setSparsity(0.6));
            }
            return control.send(command.build(), Duration.ofSeconds(30), Duration.ofMillis(100));
        }

        JsonNode state(String user) {
            try {
                HttpResponse<String> response = client.send(
                        HttpRequest.newBuilder(URI.create(url + "/api/v1/users/" + user))
                                .timeout(Duration.ofSeconds(30))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
                return json.readTree(response.body()).path("states").path(0);
            } catch (IOException | InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }

        /** The decision that was made last. */
        JsonNode last(String user) {
            JsonNode history = state(user).path("history");
            return history.path(history.size() - 1);
        }

        void awaitVersion(String user, long version) {
            Fleet.await(
                    () -> last(user).path("version").asLong() == version,
                    () -> "version %d of %s, found %s".formatted(version, user, state(user)));
        }

        void awaitMetric(String expression, double value) {
            Fleet.await(
                    () -> prometheusValue(expression) == value,
                    () -> "%s = %s, found %s".formatted(expression, value, prometheusValue(expression)));
        }

        void awaitAlert(String name) {
            Fleet.await(() -> alerts(name) > 0, () -> name + " to fire");
        }

        /** How many alerts of a name fire. */
        double alerts(String name) {
            return prometheusValue("sum(ALERTS{alertname=\"%s\",alertstate=\"firing\"}) or vector(0)".formatted(name));
        }

        private double prometheusValue(String expression) {
            try {
                return prometheus.value(expression).orElse(Double.NaN);
            } catch (IOException | InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    /** Models of a device that answer with NaN after an update, once, when they are told to. */
    private final class Breakable extends ForwardingModels {
        Breakable(DeviceModels models) {
            super(models);
        }

        @Override
        public DeviceModel masked(ModelUpdate update) {
            return broken.getAndSet(false) ? new Silent(architecture().classes()) : super.masked(update);
        }
    }

    private record Silent(int classes) implements DeviceModel {
        @Override
        public float[] run(ModelInput input) {
            float[] posterior = new float[classes];
            Arrays.fill(posterior, Float.NaN);
            return posterior;
        }

        @Override
        public void close() {}
    }
}
