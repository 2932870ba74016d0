package io.fineprune.schemas.serde;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import com.google.protobuf.UnknownFieldSet;
import io.fineprune.schemas.serde.Samples.Sample;
import io.fineprune.schemas.v1.MaskUpdate;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Messages that earlier versions wrote, and messages with fields of later ones. The files hold the bytes of those versions' own
 * samples, written by their own classes: messages-v1.txt by commit 6798501, messages-v2.txt by 1be32d9.
 */
class EarlierVersionsTest {
    /** One line of a file. */
    record Written(String version, String message, byte[] bytes) {
        @Override
        public String toString() {
            return version + " " + message;
        }
    }

    static List<Written> written() throws IOException {
        List<Written> all = new ArrayList<>();
        for (String version : List.of("v1", "v2")) {
            String file = "/messages-" + version + ".txt";
            try (InputStream in = Objects.requireNonNull(EarlierVersionsTest.class.getResourceAsStream(file))) {
                new String(in.readAllBytes(), StandardCharsets.US_ASCII).lines().forEach(line -> {
                    String[] parts = line.split(" ", 2);
                    all.add(new Written(version, parts[0], Base64.getDecoder().decode(parts[1])));
                });
            }
        }
        return all;
    }

    static List<Sample<?>> samples() {
        return Samples.all();
    }

    @ParameterizedTest
    @MethodSource("written")
    void shouldReadWhatEarlierVersionsWrote(Written written) {
        List<Sample<?>> today = samples().stream()
                .filter(sample ->
                        sample.message().getDescriptorForType().getName().equals(written.message()))
                .toList();
        Message message = read(today.get(0), written.bytes());
        assertThat(message.getUnknownFields().asMap()).isEmpty();
        assertThat(today)
                .as("what %s holds is what today's sample holds", written)
                .anySatisfy(sample -> assertContains(sample.message(), message));
    }

    private static <T extends Message> T read(Sample<T> sample, byte[] bytes) {
        T message = sample.serde().fromBytes(bytes);
        assertThat(sample.serde().toBytes(message)).isEqualTo(bytes);
        return message;
    }

    /** Every field that the earlier one sets has the same value in the later one. */
    private static void assertContains(Message later, Message earlier) {
        for (Map.Entry<FieldDescriptor, Object> field : earlier.getAllFields().entrySet()) {
            Object value = later.getField(field.getKey());
            if (value instanceof Message nested) {
                assertContains(nested, (Message) field.getValue());
            } else if (!field.getKey().getName().equals("checksum")) {
                assertThat(value).as(field.getKey().getFullName()).isEqualTo(field.getValue());
            }
        }
    }

    @ParameterizedTest
    @MethodSource("samples")
    <T extends Message> void shouldPassOverFieldsOfLaterVersions(Sample<T> sample) {
        UnknownFieldSet unknown = UnknownFieldSet.newBuilder()
                .addField(
                        900,
                        UnknownFieldSet.Field.newBuilder()
                                .addVarint(7)
                                .addVarint(8)
                                .build())
                .addField(
                        901,
                        UnknownFieldSet.Field.newBuilder()
                                .addLengthDelimited(ByteString.copyFromUtf8("a new thing"))
                                .build())
                .addField(902, UnknownFieldSet.Field.newBuilder().addFixed64(9).build())
                .build();
        Message.Builder later = sample.message().toBuilder();
        for (FieldDescriptor field : sample.message().getAllFields().keySet()) {
            if (!field.isRepeated() && field.getJavaType() == FieldDescriptor.JavaType.MESSAGE) {
                later.setField(
                        field,
                        ((Message) later.getField(field))
                                .toBuilder().setUnknownFields(unknown).build());
            }
        }
        Message written = later.setUnknownFields(unknown).build();
        if (written instanceof MaskUpdate update) {
            written = MaskChecksum.seal(update);
        }
        T read = sample.serde().fromBytes(written.toByteArray());
        assertThat(read).isEqualTo(written);
        assertThat(read.getUnknownFields()).isEqualTo(unknown);
        assertThat(sample.serde().fromBytes(sample.serde().toBytes(read))).isEqualTo(read);
    }
}
