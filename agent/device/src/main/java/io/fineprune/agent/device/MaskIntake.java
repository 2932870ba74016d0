package io.fineprune.agent.device;

import com.google.protobuf.ByteString;
import io.fineprune.schemas.serde.MalformedMessageException;
import io.fineprune.schemas.serde.MaskChunks;
import io.fineprune.schemas.serde.MessageSerde;
import io.fineprune.schemas.serde.MessageSerdes;
import io.fineprune.schemas.serde.UserModelKey;
import io.fineprune.schemas.signature.SignedRecord;
import io.fineprune.schemas.signature.TrustedKeys;
import io.fineprune.schemas.v1.MaskUpdate;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Checks mask records before they reach the swapper: size and signature over the exact bytes before a record is
 * parsed, then user, expiry and version. Chunks are only joined once their list has passed these checks. For use by
 * one thread at a time.
 */
final class MaskIntake {
    private final Optional<Supplier<TrustedKeys>> trusted;
    private final DeviceMemory memory;
    private final Clock clock;
    private final ByteString key;
    private final MessageSerde<MaskUpdate> serde = MessageSerdes.maskUpdate();

    /** Result of checking a mask record. */
    sealed interface Outcome {
        /** The update passed all checks and may be built and tried. */
        record Sound(MaskUpdate update) implements Outcome {}

        /** The list of chunks passed its checks, but not all chunks have arrived. */
        record Listed(MaskUpdate update) implements Outcome {}

        /** The update failed a check; the version is 0 if the failure came before it could be read. */
        record Refused(long version, String reason) implements Outcome {}
    }

    /**
     * Creates the checks for one user and model.
     *
     * @param trusted supplies the trusted keys anew for each record, so that keys can change; empty: masks need no
     *     signature
     */
    MaskIntake(UserModelKey user, Optional<Supplier<TrustedKeys>> trusted, DeviceMemory memory, Clock clock) {
        this.trusted = trusted;
        this.memory = memory;
        this.clock = clock;
        this.key = ByteString.copyFrom(MessageSerdes.userModelKey().serializer().serialize("", user));
    }

    /** Checks a record that arrived from the fleet. */
    Outcome take(MaskRecord mask) {
        Outcome outcome = verify(mask);
        if (outcome instanceof Outcome.Sound sound) {
            return old(sound.update()).orElse(outcome);
        }
        return outcome instanceof Outcome.Listed listed ? old(listed.update()).orElse(outcome) : outcome;
    }

    private Optional<Outcome> old(MaskUpdate update) {
        return memory.problem(update.getVersion()).map(problem -> new Outcome.Refused(update.getVersion(), problem));
    }

    /** Checks the record that ran before a restart, which may be older than the newest version seen since. */
    Outcome verify(MaskRecord mask) {
        if (mask.value().size() > serde.maxBytes()) {
            return refused("Expected at most %d bytes, but was %d"
                    .formatted(serde.maxBytes(), mask.value().size()));
        }
        if (!mask.key().equals(key)) {
            return refused("Expected a record of this user and model, but its key is another's");
        }
        byte[] value = mask.value().toByteArray();
        Optional<String> untrusted = trusted.flatMap(
                keys -> keys.get().problem(SignedRecord.MASK, mask.key().toByteArray(), value, mask.signature()));
        if (untrusted.isPresent()) {
            return refused(untrusted.get());
        }
        MaskUpdate update;
        try {
            update = serde.fromBytes(value);
        } catch (MalformedMessageException e) {
            return refused(String.valueOf(e.getMessage()));
        }
        long expires = update.getExpiresAtMillis();
        if (expires > 0 && clock.millis() >= expires) {
            return new Outcome.Refused(
                    update.getVersion(),
                    "Expected an update that is in force until later than now, but it expired at "
                            + Instant.ofEpochMilli(expires));
        }
        if (!update.hasChunks()) {
            return new Outcome.Sound(update);
        }
        if (mask.chunks().isEmpty()) {
            return new Outcome.Listed(update);
        }
        try {
            return new Outcome.Sound(MaskChunks.join(update, mask.chunks()));
        } catch (MalformedMessageException e) {
            return new Outcome.Refused(update.getVersion(), String.valueOf(e.getMessage()));
        }
    }

    private static Outcome refused(String reason) {
        return new Outcome.Refused(0, reason);
    }
}
