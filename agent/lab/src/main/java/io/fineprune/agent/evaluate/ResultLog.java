package io.fineprune.agent.evaluate;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Results, one line of JSON each, appended as they come, so that an interrupted evaluation goes on where it stopped. A last
 * line that was cut short is dropped. Thread-safe; one process at a time.
 */
final class ResultLog implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper().registerModule(new Jdk8Module());

    private final Path file;
    private final FileChannel channel;
    private final Map<ResultKey, EvaluationResult> results = new LinkedHashMap<>();

    /** Opens or makes a file. */
    ResultLog(Path file) {
        this.file = file;
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
            channel = FileChannel.open(
                    file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
            if (channel.tryLock() == null) {
                channel.close();
                throw new EvaluationException(
                        "Expected no other evaluation to write %s, but one does; wait for it or".formatted(file)
                                + " give another folder with --work");
            }
            read();
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot open " + file, e);
        }
    }

    private void read() throws IOException {
        String text = Files.readString(file);
        int end = text.lastIndexOf('\n') + 1;
        List<String> lines = text.substring(0, end).lines().toList();
        for (int i = 0; i < lines.size(); i++) {
            try {
                EvaluationResult result = JSON.readValue(lines.get(i), EvaluationResult.class);
                results.put(result.key(), result);
            } catch (JsonProcessingException e) {
                throw new EvaluationException(
                        "Expected a result in line %d of %s, but it cannot be read (%s); remove the line"
                                .formatted(i + 1, file, e.getOriginalMessage()),
                        e);
            }
        }
        channel.truncate(text.substring(0, end).getBytes(StandardCharsets.UTF_8).length);
        channel.position(channel.size());
    }

    synchronized boolean contains(ResultKey key) {
        return results.containsKey(key);
    }

    /** All results of these keys that there are. */
    synchronized List<EvaluationResult> of(Collection<ResultKey> keys) {
        return keys.stream().filter(results::containsKey).map(results::get).toList();
    }

    synchronized void append(EvaluationResult result) {
        try {
            ByteBuffer line =
                    ByteBuffer.wrap((JSON.writeValueAsString(result) + "\n").getBytes(StandardCharsets.UTF_8));
            while (line.hasRemaining()) {
                channel.write(line);
            }
            results.put(result.key(), result);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot write to " + file, e);
        }
    }

    @Override
    public synchronized void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot close " + file, e);
        }
    }
}
