package io.fineprune.topology.stream;

import io.fineprune.schemas.signature.RecordSigner;
import io.fineprune.schemas.signature.TrustedKeys;
import java.time.Duration;
import java.util.Optional;

/**
 * What makes masks trustworthy to devices, and commands to the agent.
 *
 * @param masks signs masks
 * @param maskLifetime how long devices may take a mask, from the timestamp of the record that led to it; empty: for ever
 * @param commands who may command; empty: whoever can write to the topic
 */
public record Trust(RecordSigner masks, Optional<Duration> maskLifetime, Optional<CommandTrust> commands) {
    /** Nothing is signed, nothing expires, all commands count. */
    public static final Trust NONE = new Trust(RecordSigner.NONE, Optional.empty(), Optional.empty());

    /**
     * Whose commands count.
     *
     * @param keys of those who may command
     * @param maxAge since a command was asked for: an older one may have been recorded and sent again
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
