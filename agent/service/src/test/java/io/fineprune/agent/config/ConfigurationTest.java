package io.fineprune.agent.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.fineprune.schemas.v1.Criterion;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigurationTest {
    @Test
    void shouldPreferFlagsToEnvironmentAndEnvironmentToFile(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("fleet.yaml");
        Files.writeString(file, """
                budget:
                  events: 100
                pruning.sparsity: 0.3
                pruning:
                  criterion: contribution
                kafka:
                  bootstrap.servers: file:9092
                  sasl.mechanism: SCRAM-SHA-512
                """);
        Configuration configuration = Configuration.of(List.of(
                ConfigurationSource.file(file),
                ConfigurationSource.environment(Map.of(
                        "FINEPRUNE_BUDGET_EVENTS", "150",
                        "FINEPRUNE_KAFKA_BOOTSTRAP_SERVERS", "environment:9092",
                        "FINEPRUNE_SHARED", "elsewhere",
                        "PATH", "/bin")),
                ConfigurationSource.flags(Map.of("pruning.sparsity", "0.7"))));
        assertThat(configuration.get(Settings.BUDGET_EVENTS)).isEqualTo(150);
        assertThat(configuration.get(Settings.SPARSITY)).isEqualTo(0.7);
        assertThat(configuration.get(Settings.CRITERION)).isEqualTo(Criterion.CRITERION_CONTRIBUTION);
        assertThat(configuration.kafka())
                .containsEntry("bootstrap.servers", "environment:9092")
                .containsEntry("sasl.mechanism", "SCRAM-SHA-512");
    }

    @Test
    void shouldReadPropertiesFiles(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("fleet.properties");
        Files.writeString(file, "threads=3\nkafka.ssl.truststore.location=/etc/trust.jks\n");
        Configuration configuration = Configuration.of(List.of(ConfigurationSource.file(file)));
        assertThat(configuration.get(Settings.THREADS)).isEqualTo(3);
        assertThat(configuration.kafka()).containsEntry("ssl.truststore.location", "/etc/trust.jks");
    }

    @Test
    void shouldReportEveryProblemTogether() {
        ConfigurationException failure = catchThrowableOfType(
                ConfigurationException.class,
                () -> Configuration.of(List.of(
                        ConfigurationSource.environment(Map.of("FINEPRUNE_THREADS", "many")),
                        ConfigurationSource.flags(Map.of(
                                "pruning.sparsity", "1.5",
                                "pruning.criterion", "loudness",
                                "pruning.sparsty", "0.5",
                                "kafka.session.timeout.ms", "soon")))));
        assertThat(failure.problems())
                .hasSize(5)
                .anySatisfy(problem -> assertThat(problem)
                        .contains("the environment", "threads", "a whole number of threads from 1 to 256", "'many'"))
                .anySatisfy(problem -> assertThat(problem).contains("pruning.sparsity", "0.0 to 0.99", "'1.5'"))
                .anySatisfy(problem -> assertThat(problem).contains("one of activation, contribution", "'loudness'"))
                .anySatisfy(problem -> assertThat(problem).contains("did you mean 'pruning.sparsity'"))
                .anySatisfy(problem -> assertThat(problem).contains("kafka.session.timeout.ms", "INT", "'soon'"));
    }

    @Test
    void shouldNeverShowSecrets() throws Exception {
        Map<String, String> secrets = Map.of(
                "kafka.sasl.jaas.config", "x required password=\"hunter2\";",
                "kafka.ssl.keystore.password", "hunter2",
                "kafka.ssl.key.password", "hunter2",
                "kafka.ssl.keystore.key", "hunter2",
                "kafka.sasl.oauthbearer.client.credentials.client.secret", "hunter2",
                "kafka.producer.ssl.truststore.password", "hunter2");
        Configuration configuration = Configuration.of(List.of(ConfigurationSource.flags(secrets)));
        assertThat(configuration.toString()).doesNotContain("hunter2").contains("kafka.ssl.key.password=[hidden]");
        assertThat(configuration.kafka()).containsEntry("ssl.keystore.password", "hunter2");
    }

    @Test
    void shouldRefuseFilesThatItCannotRead(@TempDir Path folder) throws Exception {
        Path broken = Files.writeString(folder.resolve("broken.yaml"), "budget: [1, 2\n");
        Path list = Files.writeString(folder.resolve("list.yml"), "budget: [1, 2]\n");
        Path other = Files.writeString(folder.resolve("fleet.ini"), "");
        assertThatThrownBy(() -> ConfigurationSource.file(broken)).hasMessageContaining("no valid YAML");
        assertThatThrownBy(() -> ConfigurationSource.file(list)).hasMessageContaining("budget is a list");
        assertThatThrownBy(() -> ConfigurationSource.file(other)).hasMessageContaining(".yaml, .yml or .properties");
        assertThatThrownBy(() -> ConfigurationSource.file(folder.resolve("none.yaml")))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("cannot be read");
    }

    @Test
    void shouldDocumentEverySettingWithADefaultThatHolds() throws Exception {
        Configuration configuration = Configuration.of(List.of());
        Set<String> variables = new HashSet<>();
        for (Setting<?> setting : Settings.all()) {
            assertThat(setting.description()).endsWith(".");
            assertThat(variables.add(setting.environmentVariable())).isTrue();
            assertThat(configuration.find(setting)).isEqualTo(setting.fallback().map(setting.parser()));
        }
    }
}
