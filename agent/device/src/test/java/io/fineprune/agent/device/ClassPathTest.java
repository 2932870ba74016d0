package io.fineprune.agent.device;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** A device needs Kafka clients alone. */
class ClassPathTest {
    private static final List<String> ABSENT =
            List.of("kafka-streams", "kafka_", "kafka-server", "kafka-metadata", "rocksdbjni", "tensorflow");

    /** The class path of tests holds all that the module itself gets, and more. */
    @Test
    void shouldHoldNeitherStreamsNorRocksDbNorABrokerNorTensorFlow() {
        List<String> jars = Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
                .map(entry -> Path.of(entry).getFileName().toString())
                .toList();
        assertThat(jars).anyMatch(jar -> jar.startsWith("kafka-clients"));
        assertThat(jars).noneMatch(jar -> ABSENT.stream().anyMatch(jar::startsWith));
    }
}
