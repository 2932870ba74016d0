package io.fineprune.topology.stream;

import io.fineprune.schemas.signature.RecordSignature;
import io.fineprune.schemas.signature.SignedRecord;
import io.fineprune.schemas.v1.PruneCommand;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import org.apache.kafka.streams.processor.api.Record;

/** Checks a command's signature and age. Without configured keys every command is authorised. */
final class CommandGate {
    /** Largest accepted lead of a sender's clock over the agent's. */
    private static final Duration AHEAD = Duration.ofMinutes(5);

    private final Optional<Trust.CommandTrust> trust;
    private final Clock clock;

    CommandGate(Optional<Trust.CommandTrust> trust, Clock clock) {
        this.trust = trust;
        this.clock = clock;
    }

    /** Reason why a command's record is not authorised; empty if it is. Called before the record is parsed. */
    Optional<String> unauthorized(Record<byte[], byte[]> record) {
        byte[] key = record.key() == null ? new byte[0] : record.key();
        return trust.flatMap(trusted -> trusted.keys()
                .problem(SignedRecord.COMMAND, key, record.value(), RecordSignature.of(record.headers())));
    }

    /**
     * Reason why a signed command may be a replay of an old one; empty if it is young enough. Replays of younger
     * commands are recognised by their ids, of which the last few are remembered.
     */
    Optional<String> stale(PruneCommand command) {
        if (trust.isEmpty()) {
            return Optional.empty();
        }
        long age = clock.millis() - command.getRequestedAtMillis();
        long oldest = trust.get().maxAge().toMillis();
        if (age > oldest || age < -AHEAD.toMillis()) {
            return Optional.of("Expected a signed command that was asked for at most %d ms ago, but it was %d ms ago"
                    .formatted(oldest, age));
        }
        return Optional.empty();
    }
}
