package io.fineprune.topology.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.fineprune.schemas.serde.MessageSerdes;
import io.fineprune.schemas.signature.Ed25519Signer;
import io.fineprune.schemas.signature.RecordSignature;
import io.fineprune.schemas.signature.RecordSigner;
import io.fineprune.schemas.signature.SignedRecord;
import io.fineprune.schemas.signature.TrustedKeys;
import io.fineprune.schemas.v1.CommandAction;
import io.fineprune.schemas.v1.MaskUpdate;
import io.fineprune.schemas.v1.PruneCommand;
import io.fineprune.schemas.v1.PruningReport;
import io.fineprune.topology.activation.UnusableEventException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrustTest {
    private static final Duration DAY = Duration.ofDays(1);

    @TempDir
    private Path state;

    private final Ed25519Signer signer = Ed25519Signer.generate();
    private final TrustedKeys keys = TrustedKeys.of(signer.publicKey());

    @Test
    void shouldSignTheExactBytesOfAMaskWithItsExpiry() {
        Trust trust = new Trust(signer, Optional.of(DAY), Optional.empty());
        try (Harness harness = new Harness(Harness.settings(8, 8), trust, state)) {
            harness.send("ada", 0, 8);
            harness.settle();
            assertThat(harness.rawMaskRecords()).singleElement().satisfies(record -> {
                assertThat(keys.problem(
                                SignedRecord.MASK, record.key(), record.value(), RecordSignature.of(record.headers())))
                        .isEmpty();
                MaskUpdate update = MessageSerdes.maskUpdate().fromBytes(record.value());
                assertThat(update.getExpiresAtMillis())
                        .isEqualTo(record.getRecordTime().toEpochMilli() + DAY.toMillis());
            });
        }
    }

    @Test
    void shouldCarryOutOnlyCommandsThatATrustedKeySigned() {
        Trust trust = new Trust(RecordSigner.NONE, Optional.empty(), Optional.of(new Trust.CommandTrust(keys, DAY)));
        try (Harness harness = new Harness(Harness.settings(8, 200), trust, state)) {
            harness.send("ada", 0, 8);
            harness.settle();
            send(harness, command("unsigned", Harness.START_MILLIS), RecordSigner.NONE);
            send(harness, command("foreign", Harness.START_MILLIS), Ed25519Signer.generate());
            send(
                    harness,
                    command("mask", Harness.START_MILLIS),
                    (kind, key, value) -> signer.sign(SignedRecord.MASK, key, value));
            send(harness, command("old", Harness.START_MILLIS - DAY.toMillis() - 1), signer);
            send(harness, command("of tomorrow", Harness.START_MILLIS + DAY.toMillis()), signer);
            PruneCommand sound = command("sound", Harness.START_MILLIS - 1);
            send(harness, sound, signer);
            send(harness, sound, signer);
            harness.settle();
            assertThat(harness.reports())
                    .extracting(PruningReport::getCommandId)
                    .containsExactly("sound");
            assertThat(harness.deadLetters())
                    .extracting(
                            letter -> header(letter, DeadLetters.REASON) + ": " + header(letter, DeadLetters.MESSAGE))
                    .satisfiesExactly(
                            letter -> assertThat(letter)
                                    .startsWith("UNAUTHORIZED")
                                    .contains("there is none"),
                            letter -> assertThat(letter)
                                    .startsWith("UNAUTHORIZED")
                                    .contains("but it is of key"),
                            letter -> assertThat(letter)
                                    .startsWith("UNAUTHORIZED")
                                    .contains("over others"),
                            letter -> assertThat(letter)
                                    .startsWith("UNAUTHORIZED")
                                    .contains("it was 86400001 ms ago"),
                            letter -> assertThat(letter)
                                    .startsWith("UNAUTHORIZED")
                                    .contains("it was -86400000 ms ago"));
            assertThat(harness.listener.deadLetters.get(UnusableEventException.Reason.UNAUTHORIZED))
                    .isEqualTo(5);
        }
    }

    private static PruneCommand command(String id, long requestedAt) {
        return Harness.command(id, "ada", CommandAction.COMMAND_ACTION_PAUSE)
                .setRequestedAtMillis(requestedAt)
                .build();
    }

    private static void send(Harness harness, PruneCommand command, RecordSigner signer) {
        byte[] key = command.getUserId().getBytes(StandardCharsets.UTF_8);
        byte[] value = command.toByteArray();
        Headers headers = new RecordHeaders();
        signer.sign(SignedRecord.COMMAND, key, value).ifPresent(signature -> signature.addTo(headers));
        harness.commandRecord(key, value, headers);
    }

    private static String header(TestRecord<byte[], byte[]> record, String name) {
        return new String(record.headers().lastHeader(name).value(), StandardCharsets.UTF_8);
    }
}
