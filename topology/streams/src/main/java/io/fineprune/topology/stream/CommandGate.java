package io.fineprune.topology.stream;

import io.fineprune.schemas.signature.RecordSignature;
import io.fineprune.schemas.signature.SignedRecord;
import io.fineprune.schemas.v1.PruneCommand;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import org.apache.kafka.streams.processor.api.Record;

/** Decides whether whoever sent a command may. */
final class CommandGate {
    /** How far a clock may be ahead of the agent's. */
    private static final Duration AHEAD = Duration.ofMinutes(5);

    private final Optional<Trust.CommandTrust> trust;
    private final Clock clock;

    CommandGate(Optional<Trust.CommandTrust> trust, Clock clock) {
        this.trust = trust;
        this.clock = clock;
    }

    /** Why a record is of nobody who may command; empty if it is. To be asked before it is parsed. */
    Optional<String> unauthorized(Record<byte[], byte[]> record) {
        byte[] key = record.key() == null ? new byte[0] : record.key();
        return trust.flatMap(trusted -> trusted.keys()
                .problem(SignedRecord.COMMAND, key, record.value(), RecordSignature.of(record.headers())));
    }

    /**
     * Why a signed command may be an old one sent again; empty if it may not. What is younger is told by its id, of which the
     * last few are remembered.
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
