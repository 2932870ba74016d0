package io.fineprune.schemas.serde;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.Message;
import com.google.protobuf.UnknownFieldSet;
import com.google.protobuf.WireFormat;
import io.fineprune.schemas.serde.Samples.Sample;
import io.fineprune.schemas.v1.MaskUpdate;
import io.fineprune.schemas.v1.SensorEvent;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.apache.kafka.common.serialization.Serializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class MessageSerdeTest {
    static List<Sample<?>> samples() {
        return Samples.all();
    }

    @ParameterizedTest
    @MethodSource("samples")
    <T extends Message> void shouldReturnTheSameMessageWhenBytesAreReadBack(Sample<T> sample) {
        byte[] bytes = sample.serde().serializer().serialize("topic", sample.message());

        assertThat(sample.serde().deserializer().deserialize("topic", bytes)).isEqualTo(sample.message());
        assertThat(sample.serde().toBytes(sample.serde().fromBytes(bytes))).isEqualTo(bytes);
    }

    @ParameterizedTest
    @MethodSource("samples")
    <T extends Message> void shouldSetEveryFieldInTheSamples(Sample<T> sample) {
        assertThat(samples().stream()
                        .map(Sample::message)
                        .filter(message ->
                                message.getClass() == sample.message().getClass())
                        .flatMap(message -> message.getAllFields().keySet().stream()))
                .containsAll(sample.message().getDescriptorForType().getFields().stream()
                        .filter(field -> field.getContainingOneof() == null)
                        .filter(field -> !field.getName().equals("packed_layers")) // stands in for layers
                        .toList());
    }

    @ParameterizedTest
    @MethodSource("samples")
    <T extends Message> void shouldPassTombstonesWhenNullIsGiven(Sample<T> sample) {
        assertThat(sample.serde().serializer().serialize("topic", null)).isNull();
        assertThat(sample.serde().deserializer().deserialize("topic", (byte[]) null))
                .isNull();
    }

    @ParameterizedTest
    @MethodSource("samples")
    <T extends Message> void shouldRefuseTheDefaultMessageUnlessAllIsOptional(Sample<T> sample) {
        if (sample.message().getDescriptorForType().getName().equals("StoredLifecycle")) {
            assertThat(sample.serde().fromBytes(new byte[0])).isNotEqualTo(sample.message());
        } else {
            assertThatThrownBy(() -> sample.serde().fromBytes(new byte[0]))
                    .isInstanceOf(MalformedMessageException.class);
        }
    }

    @ParameterizedTest
    @MethodSource("samples")
    <T extends Message> void shouldCheckTheSizeBeforeParsing(Sample<T> sample) {
        byte[] zeros = new byte[sample.serde().maxBytes() + 1];

        assertThatThrownBy(() -> sample.serde().fromBytes(zeros))
                .isInstanceOf(MalformedMessageException.class)
                .hasMessageMatching("Expected at most %d bytes in message [a-z_]+, but was %d"
                        .formatted(zeros.length - 1, zeros.length));
    }

    @Test
    void shouldRefuseToWriteWhenTheMessageIsTooLarge() {
        SensorEvent event = Samples.audioEvent().toBuilder()
                .setUnknownFields(UnknownFieldSet.newBuilder()
                        .addField(
                                900,
                                UnknownFieldSet.Field.newBuilder()
                                        .addLengthDelimited(
                                                ByteString.copyFrom(new byte[MessageSerdes.MAX_SENSOR_EVENT_BYTES]))
                                        .build())
                        .build())
                .build();
        Serializer<SensorEvent> serializer = MessageSerdes.sensorEvent().serializer();

        assertThatThrownBy(() -> serializer.serialize("topic", event))
                .isInstanceOf(MalformedMessageException.class)
                .hasMessageContaining("Expected at most 964096 bytes in message sensor_event, but was 964");
    }

    @Test
    void shouldKeepFieldsOfLaterVersionsWhenTheyAreUnknown() {
        MaskUpdate later = MaskChecksum.seal(Samples.mask().toBuilder()
                .setUnknownFields(UnknownFieldSet.newBuilder()
                        .addField(
                                20,
                                UnknownFieldSet.Field.newBuilder().addVarint(5).build())
                        .build())
                .build());
        MessageSerde<MaskUpdate> serde = MessageSerdes.maskUpdate();

        assertThat(serde.fromBytes(serde.toBytes(later))).isEqualTo(later);
        assertThat(serde.toBytes(later)).hasSizeGreaterThan(serde.toBytes(Samples.mask()).length);
    }

    @Test
    void shouldRefuseManyTinyFieldsBeforeParsing() {
        byte[] emptyLayers = new byte[1_000_000];
        for (int i = 0; i < emptyLayers.length; i += 2) {
            emptyLayers[i] = (byte) (MaskUpdate.LAYERS_FIELD_NUMBER << 3 | WireFormat.WIRETYPE_LENGTH_DELIMITED);
        }

        assertThatThrownBy(() -> MessageSerdes.maskUpdate().fromBytes(emptyLayers))
                .isInstanceOf(MalformedMessageException.class)
                .hasMessage("Expected at most 41216 fields in mask_update, but there were more");
    }

    @Test
    void shouldRefuseManyTinyFieldsWhenTheyAreNested() throws IOException {
        byte[] inner = new byte[2_000];
        Arrays.fill(inner, (byte) 0x08);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        CodedOutputStream out = CodedOutputStream.newInstance(bytes);
        out.writeByteArray(SensorEvent.AUDIO_FIELD_NUMBER, inner);
        out.flush();

        assertThatThrownBy(() -> MessageSerdes.sensorEvent().fromBytes(bytes.toByteArray()))
                .isInstanceOf(MalformedMessageException.class)
                .hasMessage("Expected at most 256 fields in sensor_event, but there were more");
    }

    @Test
    void shouldRefuseGroups() {
        byte[] group = {(5 << 3) | WireFormat.WIRETYPE_START_GROUP, (5 << 3) | WireFormat.WIRETYPE_END_GROUP};

        assertThatThrownBy(() -> MessageSerdes.feedbackLabel().fromBytes(group))
                .isInstanceOf(MalformedMessageException.class)
                .hasMessage("Expected no groups in feedback_label, but field number 5 is one");
    }

    @Test
    void shouldNameTheMessageWhenBytesAreNoProtobuf() {
        assertThatThrownBy(() -> MessageSerdes.pruneCommand().fromBytes(new byte[] {0x0a, 0x7f, 1}))
                .isInstanceOf(MalformedMessageException.class)
                .hasMessageStartingWith("Expected a protobuf message prune_command in 3 bytes, but found none: ");
    }

    @Test
    void shouldRefuseTextThatIsNotUtf8() {
        byte[] bytes = {0x0a, 1, (byte) 0xff};

        assertThatThrownBy(() -> MessageSerdes.pruneCommand().fromBytes(bytes))
                .isInstanceOf(MalformedMessageException.class)
                .hasMessageContaining("prune_command")
                .hasMessageContaining("UTF-8");
    }
}
