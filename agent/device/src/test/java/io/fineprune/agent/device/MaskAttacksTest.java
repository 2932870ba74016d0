package io.fineprune.agent.device;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.fineprune.schemas.serde.MaskChecksum;
import io.fineprune.schemas.serde.MaskChunks;
import io.fineprune.schemas.serde.MaskParcel;
import io.fineprune.schemas.serde.MessageSerdes;
import io.fineprune.schemas.serde.UserModelKey;
import io.fineprune.schemas.signature.Ed25519Signer;
import io.fineprune.schemas.signature.RecordSigner;
import io.fineprune.schemas.signature.SignedRecord;
import io.fineprune.schemas.signature.TrustedKeys;
import io.fineprune.schemas.v1.AcknowledgementStatus;
import io.fineprune.schemas.v1.FeedbackLabel;
import io.fineprune.schemas.v1.MaskAcknowledgement;
import io.fineprune.schemas.v1.MaskChunk;
import io.fineprune.schemas.v1.MaskUpdate;
import io.fineprune.schemas.v1.SensorEvent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Attacks on the mask protocol. The README's table of them is compared with what the device answers here. */
class MaskAttacksTest {
    private static final long NOW = 1_700_000_000_000L;
    private static final Clock CLOCK = Clock.fixed(Instant.ofEpochMilli(NOW), ZoneOffset.UTC);
    private static final Duration PATIENCE = Duration.ofMillis(300);
    private static final int CUT = 60;
    private static final UserModelKey THEO = new UserModelKey("theo", "fake");

    private final FakeModels models = new FakeModels();
    private final Ed25519Signer signer = Ed25519Signer.generate();
    private final AtomicReference<TrustedKeys> trusted = new AtomicReference<>(TrustedKeys.of(signer.publicKey()));

    @TempDir
    private Path state;

    @Test
    void shouldAnswerEveryAttackAsTheReadmeSays() throws Exception {
        MaskUpdate next = FakeModels.update(4, 4);
        MaskRecord sound = signed(next);
        Map<String, MaskRecord> attacks = new LinkedHashMap<>();
        attacks.put("no signature", new MaskRecord(sound.key(), sound.value(), Optional.empty()));
        attacks.put("signature of a key that is not trusted", record(THEO, bytes(next), Ed25519Signer.generate()));
        attacks.put(
                "the version raised, the checksum made to fit",
                new MaskRecord(
                        sound.key(),
                        bytes(MaskChecksum.seal(next.toBuilder().setVersion(5).build())),
                        sound.signature()));
        attacks.put(
                "cut off after half",
                new MaskRecord(
                        sound.key(), sound.value().substring(0, sound.value().size() / 2), sound.signature()));
        attacks.put(
                "signature of a command over the same bytes",
                record(THEO, bytes(next), (kind, key, value) -> signer.sign(SignedRecord.COMMAND, key, value)));
        attacks.put(
                "more bytes than an update may have, signed",
                record(THEO, ByteString.copyFrom(new byte[MessageSerdes.MAX_MASK_UPDATE_BYTES + 1]), signer));
        attacks.put("signed garbage", record(THEO, ByteString.copyFromUtf8("garbage"), signer));
        attacks.put("an older version, sent again", signed(FakeModels.update(2, 8)));
        attacks.put(
                "another user's update under this user's key",
                signed(MaskChecksum.seal(next.toBuilder().setUserId("lucas").build())));
        attacks.put(
                "an update of another model under this model's key",
                signed(MaskChecksum.seal(next.toBuilder().setModelId("other").build())));
        attacks.put(
                "an update of another graph of the same name",
                signed(MaskChecksum.seal(next.toBuilder()
                        .setModelFingerprint(ByteString.copyFrom(new byte[32]))
                        .build())));
        attacks.put(
                "an update whose time is over",
                signed(MaskChecksum.seal(
                        next.toBuilder().setExpiresAtMillis(NOW).build())));
        attacks.put(
                "a mask that leaves nothing of a layer",
                signed(MaskChecksum.seal(next.toBuilder()
                        .setLayers(0, next.getLayers(0).toBuilder().setKept(ByteString.copyFrom(new byte[2])))
                        .build())));
        Map<String, List<ByteString>> chunks = new LinkedHashMap<>();
        addChunked(attacks, chunks, next);
        Map<String, String> answers = new LinkedHashMap<>();
        FakeTransport transport = new FakeTransport();
        try (Device device = device(transport, DeviceMemory.none())) {
            transport.send(signed(FakeModels.update(3, 8)));
            assertThat(transport.answer().getStatus()).isEqualTo(AcknowledgementStatus.ACKNOWLEDGEMENT_STATUS_APPLIED);
            for (Map.Entry<String, MaskRecord> attack : attacks.entrySet()) {
                int built = models.built.get();
                transport.send(4, chunks.getOrDefault(attack.getKey(), List.of()));
                transport.send(attack.getValue());
                MaskAcknowledgement answer = transport.answer();
                assertThat(answer.getStatus())
                        .as(attack.getKey())
                        .isEqualTo(AcknowledgementStatus.ACKNOWLEDGEMENT_STATUS_REFUSED);
                assertThat(answer.getRunningVersion()).isEqualTo(3);
                assertThat(models.built)
                        .as("models built of: %s", attack.getKey())
                        .hasValue(built);
                answers.put(attack.getKey(), general(answer.getReason()));
            }
            assertThat(device.swapper().version()).isEqualTo(3);
            transport.send(sound);
            assertThat(transport.answer().getStatus()).isEqualTo(AcknowledgementStatus.ACKNOWLEDGEMENT_STATUS_APPLIED);
        }
        String document = Files.readString(Path.of("..", "docs", "devices.md"));
        StringBuilder table = new StringBuilder();
        answers.forEach((attack, answer) -> table.append("| %s | %s |\n".formatted(attack, answer)));
        assertThat(document).contains(table);
    }

    /** Updates that are larger than a message: a signed list, and chunks that anybody may have written. */
    private void addChunked(Map<String, MaskRecord> attacks, Map<String, List<ByteString>> chunks, MaskUpdate next) {
        MaskParcel parcel = MaskChunks.pack(next, CUT);
        MaskUpdate list = MessageSerdes.maskUpdate().fromBytes(parcel.record().toByteArray());
        List<ByteString> sound = data(parcel);
        attacks.put("a chunk left out", signed(list));
        chunks.put("a chunk left out", sound.subList(1, sound.size()));
        List<ByteString> changed = new ArrayList<>(sound);
        byte[] first = changed.get(0).toByteArray();
        first[3] ^= 1;
        changed.set(0, ByteString.copyFrom(first));
        attacks.put("a chunk changed", signed(list));
        chunks.put("a chunk changed", changed);
        List<ByteString> longer = new ArrayList<>(sound);
        longer.set(0, longer.get(0).concat(ByteString.copyFromUtf8("more")));
        attacks.put("a chunk longer than it was", signed(list));
        chunks.put("a chunk longer than it was", longer);
        attacks.put(
                "more chunks than an update may have, signed",
                record(
                        THEO,
                        MaskChecksum.seal(list.toBuilder()
                                        .setChunks(list.getChunks().toBuilder().setCount(4097))
                                        .build())
                                .toByteString(),
                        signer));
        attacks.put(
                "more bytes in chunks than an update may have, signed",
                record(
                        THEO,
                        MaskChecksum.seal(list.toBuilder()
                                        .setChunks(list.getChunks().toBuilder()
                                                .setCount(4096)
                                                .setBytes(MessageSerdes.MAX_JOINED_UPDATE_BYTES + 1L))
                                        .build())
                                .toByteString(),
                        signer));
        MaskParcel old = MaskChunks.pack(FakeModels.update(2, 8), CUT);
        attacks.put(
                "an older version in the chunks, under a new list, signed",
                signed(MaskChecksum.seal(
                        MessageSerdes.maskUpdate().fromBytes(old.record().toByteArray()).toBuilder()
                                .setVersion(4)
                                .build())));
        chunks.put("an older version in the chunks, under a new list, signed", data(old));
    }

    @Test
    void shouldTakeAnUpdateInChunksWhicheverComesFirst() throws Exception {
        MaskParcel second = MaskChunks.pack(FakeModels.update(2, 7), CUT);
        MaskParcel third = MaskChunks.pack(FakeModels.update(3, 6), CUT);
        FakeTransport transport = new FakeTransport();
        try (Device device = device(transport, DeviceMemory.in(state))) {
            transport.send(2, data(second));
            transport.send(record(THEO, second.record(), signer));
            assertThat(transport.answer().getStatus()).isEqualTo(AcknowledgementStatus.ACKNOWLEDGEMENT_STATUS_APPLIED);
            transport.send(record(THEO, third.record(), signer));
            transport.send(2, data(second)); // sent again
            transport.send(3, data(third));
            transport.send(2, data(second));
            MaskAcknowledgement answer = transport.answer();
            assertThat(answer.getVersion()).isEqualTo(3);
            assertThat(answer.getStatus()).isEqualTo(AcknowledgementStatus.ACKNOWLEDGEMENT_STATUS_APPLIED);
            transport.send(record(THEO, third.record(), signer));
            assertThat(transport.answer().getStatus()).isEqualTo(AcknowledgementStatus.ACKNOWLEDGEMENT_STATUS_APPLIED);
            assertThat(device.swapper().version()).isEqualTo(3);
            assertThat(models.built).hasValue(2);
        }
        startsWith(3);
        byte[] kept = Files.readAllBytes(state.resolve("mask"));
        kept[kept.length - 50] ^= 1; // in the last chunk
        Files.write(state.resolve("mask"), kept);
        startsWith(0);
    }

    @Test
    void shouldLeaveAnUpdateWhoseChunksAreMissingForANewerOne() throws Exception {
        MaskParcel second = MaskChunks.pack(FakeModels.update(2, 7), CUT);
        FakeTransport transport = new FakeTransport();
        try (Device device = device(transport, DeviceMemory.none())) {
            transport.send(record(THEO, second.record(), signer));
            transport.send(signed(FakeModels.update(3, 6)));
            assertThat(transport.answer().getVersion()).isEqualTo(3);
            transport.send(2, data(second));
            LockSupport.parkNanos(PATIENCE.multipliedBy(2).toNanos());
            assertThat(transport.answers).isEmpty();
            assertThat(device.swapper().version()).isEqualTo(3);
        }
    }

    @Test
    void shouldFollowFromOneKeyToTheNext() throws Exception {
        Ed25519Signer next = Ed25519Signer.generate();
        FakeTransport transport = new FakeTransport();
        try (Device device = device(transport, DeviceMemory.none())) {
            transport.send(signed(FakeModels.update(1, 8)));
            assertThat(transport.answer().getStatus()).isEqualTo(AcknowledgementStatus.ACKNOWLEDGEMENT_STATUS_APPLIED);
            transport.send(record(THEO, bytes(FakeModels.update(2, 7)), next));
            assertThat(transport.answer().getStatus()).isEqualTo(AcknowledgementStatus.ACKNOWLEDGEMENT_STATUS_REFUSED);
            trusted.set(TrustedKeys.of(signer.publicKey(), next.publicKey()));
            transport.send(record(THEO, bytes(FakeModels.update(2, 7)), next));
            transport.send(signed(FakeModels.update(3, 6)));
            assertThat(transport.answer().getStatus()).isEqualTo(AcknowledgementStatus.ACKNOWLEDGEMENT_STATUS_APPLIED);
            assertThat(transport.answer().getStatus()).isEqualTo(AcknowledgementStatus.ACKNOWLEDGEMENT_STATUS_APPLIED);
            trusted.set(TrustedKeys.of(next.publicKey()));
            transport.send(signed(FakeModels.update(4, 5)));
            assertThat(transport.answer().getStatus()).isEqualTo(AcknowledgementStatus.ACKNOWLEDGEMENT_STATUS_REFUSED);
            assertThat(device.swapper().version()).isEqualTo(3);
        }
    }

    @Test
    void shouldRunTheLastTrustedVersionAfterARestartAndNeverGoBelowIt() throws Exception {
        runs(5, 8);
        FakeTransport transport = new FakeTransport();
        transport.latest = Optional.of(signed(FakeModels.update(4, 4)));
        try (Device device = device(transport, DeviceMemory.in(state))) {
            assertThat(device.swapper().version()).isEqualTo(5);
            MaskAcknowledgement answer = transport.answer();
            assertThat(answer.getVersion()).isEqualTo(4);
            assertThat(answer.getReason()).isEqualTo("Expected a version above 5, but was 4");
            assertThat(transport.answers).isEmpty();
            transport.send(signed(FakeModels.update(5, 8)));
            assertThat(transport.answer().getStatus()).isEqualTo(AcknowledgementStatus.ACKNOWLEDGEMENT_STATUS_APPLIED);
        }
    }

    @Test
    void shouldVerifyAnewWhatItKept() throws Exception {
        runs(5, 8);
        trusted.set(TrustedKeys.of(Ed25519Signer.generate().publicKey()));
        startsWith(0);
    }

    @Test
    void shouldBeginWithTheSourceModelWhereWhatItKeptIsDamagedAndGoNoLower() throws Exception {
        runs(5, 8);
        byte[] kept = Files.readAllBytes(state.resolve("mask"));
        kept[kept.length / 2] ^= 1;
        Files.write(state.resolve("mask"), kept);
        startsWith(0);
        Files.write(state.resolve("mask"), new byte[3]);
        FakeTransport transport = new FakeTransport();
        try (Device device = device(transport, DeviceMemory.in(state))) {
            assertThat(device.swapper().version()).isZero();
            transport.send(signed(FakeModels.update(4, 4)));
            assertThat(transport.answer().getReason()).isEqualTo("Expected a version above 5, but was 4");
            transport.send(signed(FakeModels.update(5, 8)));
            assertThat(transport.answer().getStatus()).isEqualTo(AcknowledgementStatus.ACKNOWLEDGEMENT_STATUS_APPLIED);
        }
        startsWith(5);
    }

    @Test
    void shouldNotRunAfterARestartWhatExpiredMeanwhile() throws Exception {
        FakeTransport transport = new FakeTransport();
        try (Device device = device(transport, DeviceMemory.in(state))) {
            transport.send(signed(MaskChecksum.seal(FakeModels.update(1, 8).toBuilder()
                    .setExpiresAtMillis(NOW + 1)
                    .build())));
            assertThat(transport.answer().getStatus()).isEqualTo(AcknowledgementStatus.ACKNOWLEDGEMENT_STATUS_APPLIED);
            assertThat(device.swapper().version()).isEqualTo(1);
        }
        Clock later = Clock.offset(CLOCK, Duration.ofMillis(1));
        try (Device device = device(new FakeTransport(), DeviceMemory.in(state), later)) {
            assertThat(device.swapper().version()).isZero();
        }
    }

    @Test
    void shouldRememberWhatItWentBackFrom() throws Exception {
        FakeTransport transport = new FakeTransport();
        try (Device device = device(transport, DeviceMemory.in(state))) {
            transport.send(signed(FakeModels.update(1, 8)));
            assertThat(transport.answer().getStatus()).isEqualTo(AcknowledgementStatus.ACKNOWLEDGEMENT_STATUS_APPLIED);
            while (!device.swapper().settled()) {
                LockSupport.parkNanos(1_000_000);
            }
            models.damageCompaction(posterior -> posterior[0] = 0);
            transport.send(signed(FakeModels.update(2, 4)));
            assertThat(transport.answer().getStatus()).isEqualTo(AcknowledgementStatus.ACKNOWLEDGEMENT_STATUS_APPLIED);
            assertThat(transport.answer().getStatus())
                    .isEqualTo(AcknowledgementStatus.ACKNOWLEDGEMENT_STATUS_ROLLED_BACK);
            assertThat(device.swapper().version()).isEqualTo(1);
        }
        models.damageCompaction(posterior -> {});
        FakeTransport after = new FakeTransport();
        after.latest = Optional.of(signed(FakeModels.update(2, 4)));
        try (Device device = device(after, DeviceMemory.in(state))) {
            assertThat(device.swapper().version()).isEqualTo(1);
            assertThat(after.answer().getReason()).startsWith("Version 2 was rolled back here: Self-check");
        }
    }

    private void runs(long version, int kept) throws Exception {
        FakeTransport transport = new FakeTransport();
        try (Device device = device(transport, DeviceMemory.in(state))) {
            transport.send(signed(FakeModels.update(version, kept)));
            assertThat(transport.answer().getStatus()).isEqualTo(AcknowledgementStatus.ACKNOWLEDGEMENT_STATUS_APPLIED);
            assertThat(device.swapper().version()).isEqualTo(version);
        }
    }

    private void startsWith(long version) throws Exception {
        try (Device device = device(new FakeTransport(), DeviceMemory.in(state))) {
            assertThat(device.swapper().version()).isEqualTo(version);
        }
    }

    private Device device(DeviceTransport transport, DeviceMemory memory) {
        return device(transport, memory, CLOCK);
    }

    private Device device(DeviceTransport transport, DeviceMemory memory, Clock clock) {
        return new Device(
                "theo",
                "phone",
                models,
                transport,
                Optional.of(trusted::get),
                memory,
                clock,
                Duration.ofSeconds(5),
                PATIENCE);
    }

    private MaskRecord signed(MaskUpdate update) {
        return record(THEO, bytes(update), signer);
    }

    private static ByteString bytes(MaskUpdate update) {
        return ByteString.copyFrom(MessageSerdes.maskUpdate().toBytes(update));
    }

    private static List<ByteString> data(MaskParcel parcel) {
        return parcel.chunks().stream()
                .map(chunk ->
                        MessageSerdes.maskChunk().fromBytes(chunk.toByteArray()).getData())
                .toList();
    }

    private static MaskRecord record(UserModelKey key, ByteString value, RecordSigner signer) {
        byte[] keyBytes = MessageSerdes.userModelKey().serializer().serialize("", key);
        return new MaskRecord(
                ByteString.copyFrom(keyBytes), value, signer.sign(SignedRecord.MASK, keyBytes, value.toByteArray()));
    }

    /** Without what differs from run to run: keys, and times. */
    private static String general(String reason) {
        return reason.replaceAll("\\b[0-9a-f]{64}\\b", "F")
                .replaceAll("\\b[0-9a-f]{16}\\b", "K")
                .replace(PATIENCE.toString(), "T");
    }

    /** Hands over what a test sends and keeps the answers. */
    private static final class FakeTransport implements DeviceTransport {
        private final BlockingQueue<MaskAcknowledgement> answers = new LinkedBlockingQueue<>();
        private Optional<MaskRecord> latest = Optional.empty();
        private Optional<MaskListener> device = Optional.empty();

        void send(MaskRecord mask) {
            device.orElseThrow().mask(mask);
        }

        void send(long version, List<ByteString> chunks) {
            for (int i = 0; i < chunks.size(); i++) {
                device.orElseThrow()
                        .chunk(
                                i,
                                MaskChunk.newBuilder()
                                        .setVersion(version)
                                        .setData(chunks.get(i))
                                        .build());
            }
        }

        MaskAcknowledgement answer() throws InterruptedException {
            MaskAcknowledgement answer = answers.poll(10, TimeUnit.SECONDS);
            if (answer == null) {
                throw new AssertionError("No acknowledgement came within 10 s");
            }
            return MessageSerdes.maskAcknowledgement()
                    .fromBytes(MessageSerdes.maskAcknowledgement().toBytes(answer));
        }

        @Override
        public void publish(SensorEvent event) {}

        @Override
        public void acknowledge(MaskAcknowledgement acknowledgement) {
            answers.add(acknowledgement);
        }

        @Override
        public void label(FeedbackLabel label) {}

        @Override
        public void follow(String user, String model, MaskListener masks) {
            device = Optional.of(masks);
            latest.ifPresent(masks::mask);
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    }
}
