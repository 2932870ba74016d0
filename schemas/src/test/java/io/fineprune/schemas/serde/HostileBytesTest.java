package io.fineprune.schemas.serde;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import com.google.protobuf.Message;
import com.sun.management.ThreadMXBean;
import io.fineprune.schemas.serde.Samples.Sample;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.apache.kafka.common.serialization.Deserializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever the bytes, a message comes out or a MalformedMessageException, and memory stays bounded. */
class HostileBytesTest {
    private static final int ROUNDS = 5_000;
    private static final int MAX_RANDOM_BYTES = 300;

    static List<Sample<?>> samples() {
        return Samples.all();
    }

    @ParameterizedTest
    @MethodSource("samples")
    void shouldOnlyRefuseWhenBytesAreRandom(Sample<?> sample) {
        Random random = new Random(1);
        for (int i = 0; i < ROUNDS; i++) {
            byte[] bytes = new byte[random.nextInt(MAX_RANDOM_BYTES)];
            random.nextBytes(bytes);
            readBounded(sample.serde().deserializer(), bytes);
        }
    }

    @ParameterizedTest
    @MethodSource("samples")
    void shouldOnlyRefuseWhenBytesAreChanged(Sample<?> sample) {
        Random random = new Random(2);
        byte[] valid = sample.bytes();
        for (int i = 0; i < ROUNDS; i++) {
            byte[] bytes = valid.clone();
            for (int change = random.nextInt(4); change >= 0; change--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
            }
            readBounded(sample.serde().deserializer(), bytes);
        }
    }

    @ParameterizedTest
    @MethodSource("samples")
    void shouldOnlyRefuseWhenBytesAreTruncated(Sample<?> sample) {
        byte[] valid = sample.bytes();
        for (int length = 0; length < valid.length; length++) {
            readBounded(sample.serde().deserializer(), Arrays.copyOf(valid, length));
        }
    }

    @Test
    void shouldOnlyRefuseWhenKeysAreRandom() {
        Random random = new Random(3);
        for (int i = 0; i < ROUNDS; i++) {
            byte[] bytes = new byte[random.nextInt(MAX_RANDOM_BYTES)];
            random.nextBytes(bytes);
            if (bytes.length > 1 && random.nextBoolean()) {
                bytes[0] = 0; // so that the length is a likely one
            }
            readBounded(MessageSerdes.userModelKey().deserializer(), bytes);
            readBounded(MessageSerdes.identifier().deserializer(), bytes);
        }
    }

    @ParameterizedTest
    @MethodSource("samples")
    <T extends Message> void shouldBoundMemoryWhenBytesAreMadeToSwell(Sample<T> sample) {
        int size = sample.serde().maxBytes();
        for (byte tag = 8; tag > 0 && tag <= 0x7a; tag++) { // fields 1 to 15 of every wire type, all empty
            byte[] bytes = new byte[size];
            for (int i = 0; i + 1 < size; i += 2) {
                bytes[i] = tag;
            }
            long allocated = readBounded(sample.serde().deserializer(), bytes);
            assertThat(allocated).as("bytes allocated for tag %d", tag).isLessThan(4L * size + 1_000_000);
        }
    }

    /** Bytes allocated on the heap while reading. */
    private static <T> long readBounded(Deserializer<T> deserializer, byte[] bytes) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();
        assertThatCode(() -> {
                    try {
                        deserializer.deserialize("topic", bytes);
                    } catch (MalformedMessageException expected) {
                        assertThat(expected.getMessage()).startsWith("Expected ");
                    }
                })
                .doesNotThrowAnyException();
        return threads.getCurrentThreadAllocatedBytes() - before;
    }
}
