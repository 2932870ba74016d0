package io.fineprune.topology.pruning;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** From events to masks it takes neither Kafka nor TensorFlow. */
class ClassPathTest {
    private static final List<String> ABSENT = List.of("kafka", "tensorflow", "rocksdbjni");

    /** The class path of tests holds all that the module itself gets, and more. */
    @Test
    void shouldHoldNeitherKafkaNorTensorFlow() {
        List<String> jars = Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
                .map(entry -> Path.of(entry).getFileName().toString())
                .toList();
        assertThat(jars).anyMatch(jar -> jar.startsWith("protobuf-java"));
        assertThat(jars).noneMatch(jar -> ABSENT.stream().anyMatch(jar::startsWith));
    }
}
