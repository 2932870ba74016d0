package io.fineprune.agent.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StateLockTest {
    @Test
    void shouldLetOneAtATimeUseADirectory(@TempDir Path folder) {
        Path directory = folder.resolve("state");
        try (StateLock first = StateLock.take(directory)) {
            assertThat(first).isNotNull();
            assertThatThrownBy(() -> StateLock.take(directory))
                    .isInstanceOf(FleetException.class)
                    .hasMessageContaining("another process uses " + directory)
                    .hasMessageContaining("--state");
        }
        StateLock.take(directory).close();
    }

    @Test
    void shouldSayThatADirectoryCannotBeWritten(@TempDir Path folder) throws Exception {
        Path file = Files.writeString(folder.resolve("file"), "no directory");
        assertThatThrownBy(() -> StateLock.take(file))
                .isInstanceOf(FleetException.class)
                .hasMessageContaining("cannot");
    }
}
