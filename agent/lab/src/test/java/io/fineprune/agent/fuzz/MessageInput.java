package io.fineprune.agent.fuzz;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import io.fineprune.schemas.serde.MalformedMessageException;
import io.fineprune.schemas.serde.MaskChunkKey;
import io.fineprune.schemas.serde.MessageSerde;
import io.fineprune.schemas.serde.MessageSerdes;
import io.fineprune.schemas.serde.Samples;
import io.fineprune.schemas.serde.UserModelKey;
import io.fineprune.schemas.v1.StoredSums;
import io.fineprune.topology.activation.Architecture;
import io.fineprune.topology.sums.SumsAccumulator;
import io.fineprune.topology.sums.SumsReading;
import io.fineprune.topology.testing.WiredModel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.apache.kafka.common.serialization.Serde;

/** All messages that cross a topic or are stored, the keys, and stored sums read for a model. */
final class MessageInput implements FuzzTarget.Input {
    private static final List<MessageSerde<?>> SERDES = List.of(
            MessageSerdes.sensorEvent(),
            MessageSerdes.pruneCommand(),
            MessageSerdes.maskUpdate(),
            MessageSerdes.maskAcknowledgement(),
            MessageSerdes.feedbackLabel(),
            MessageSerdes.pruningReport(),
            MessageSerdes.storedSums(),
            MessageSerdes.storedLifecycle(),
            MessageSerdes.storedInput(),
            MessageSerdes.maskChunk(),
            MessageSerdes.duePruning());
    private static final int KINDS = SERDES.size() + 4;
    private static final int DRIFT_EVENTS = 16;

    private final Architecture architecture = new WiredModel(1).architecture();

    @Override
    public void take(byte[] bytes) {
        if (bytes.length < 1) {
            return;
        }
        int kind = (bytes[0] & 0xff) % KINDS;
        byte[] content = Bytes.from(bytes, 1);
        if (kind < SERDES.size()) {
            message(SERDES.get(kind), content);
        } else if (kind == SERDES.size()) {
            key(MessageSerdes.userModelKey(), content);
        } else if (kind == SERDES.size() + 1) {
            key(MessageSerdes.identifier(), content);
        } else if (kind == SERDES.size() + 2) {
            key(MessageSerdes.maskChunkKey(), content);
        } else {
            sums(content);
        }
    }

    /** Those that passed the serde, read for a model; the fingerprint is put right before. */
    private void sums(byte[] content) {
        StoredSums stored;
        try {
            stored = MessageSerdes.storedSums().fromBytes(content);
        } catch (MalformedMessageException e) {
            return;
        }
        StoredSums own = stored.toBuilder()
                .setModelFingerprint(ByteString.copyFrom(HexFormat.of().parseHex(architecture.fingerprint())))
                .build();
        if (SumsAccumulator.read(own, architecture, DRIFT_EVENTS) instanceof SumsReading.Usable usable) {
            StoredSums again = usable.sums().toStored();
            Bytes.check(
                    MessageSerdes.storedSums()
                            .fromBytes(MessageSerdes.storedSums().toBytes(again))
                            .equals(again),
                    "the same sums again");
        }
    }

    private static <T extends Message> void message(MessageSerde<T> serde, byte[] content) {
        T message;
        try {
            message = serde.fromBytes(content);
        } catch (MalformedMessageException e) {
            Bytes.check(String.valueOf(e.getMessage()).startsWith("Expected "), "a reason, but was " + e);
            return;
        }
        Bytes.check(serde.fromBytes(serde.toBytes(message)).equals(message), "the same message again");
    }

    private static <T> void key(Serde<T> serde, byte[] content) {
        T key;
        try {
            key = serde.deserializer().deserialize("topic", content);
        } catch (MalformedMessageException e) {
            return;
        }
        Bytes.check(Arrays.equals(serde.serializer().serialize("topic", key), content), "the same key again");
    }

    @Override
    public List<byte[]> seeds() {
        List<byte[]> seeds = new ArrayList<>();
        for (Samples.Sample<?> sample : Samples.all()) {
            for (int kind = 0; kind < SERDES.size(); kind++) {
                try {
                    SERDES.get(kind).fromBytes(sample.bytes());
                    seeds.add(Bytes.of(kind, sample.bytes()));
                } catch (MalformedMessageException otherMessage) {
                    // A sample of another kind.
                }
            }
        }
        seeds.add(Bytes.of(
                SERDES.size(),
                MessageSerdes.userModelKey().serializer().serialize("topic", new UserModelKey("zoë", "digits"))));
        seeds.add(Bytes.of(SERDES.size() + 1, "zoë".getBytes(StandardCharsets.UTF_8)));
        seeds.add(Bytes.of(
                SERDES.size() + 2,
                MessageSerdes.maskChunkKey()
                        .serializer()
                        .serialize("topic", new MaskChunkKey(new UserModelKey("zoë", "digits"), 3))));
        seeds.add(Bytes.of(
                SERDES.size() + 3,
                SumsAccumulator.empty(architecture, DRIFT_EVENTS).toStored().toByteArray()));
        return seeds;
    }
}
