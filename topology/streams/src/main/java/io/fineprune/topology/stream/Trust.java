package io.fineprune.topology.stream;

import io.fineprune.schemas.signature.RecordSigner;
import io.fineprune.schemas.signature.TrustedKeys;
import java.time.Duration;
import java.util.Optional;

/**
 * How masks are signed for devices, and which commands the agent accepts.
 *
 * @param masks signs masks
 * @param maskLifetime time for which devices accept a mask, counted from the timestamp of the record that led to it;
 *     empty: for ever
 * @param commands keys and age that commands must have; empty: every command in the topic is accepted
 */
public record Trust(RecordSigner masks, Optional<Duration> maskLifetime, Optional<CommandTrust> commands) {
    /** Masks are unsigned and never expire, and every command is accepted. */
    public static final Trust NONE = new Trust(RecordSigner.NONE, Optional.empty(), Optional.empty());

    /**
     * Requirements for a command to be accepted.
     *
     * @param keys public keys, one of which must have signed the command
     * @param maxAge largest age of a command; an older one is refused since it may be a replay
     */
    public record CommandTrust(TrustedKeys keys, Duration maxAge) {}

    public Trust {
        maskLifetime.ifPresent(Trust::requirePositive);
        commands.ifPresent(trust -> requirePositive(trust.maxAge()));
    }

    private static void requirePositive(Duration duration) {
        if (duration.toMillis() < 1) {
            throw new IllegalArgumentException("Expected a time of at least 1 ms, but was " + duration);
        }
    }
}
