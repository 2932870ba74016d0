package io.fineprune.agent.cli;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A moment as people write it: so long ago, or an instant. */
final class Since {
    private static final Pattern AGO = Pattern.compile("(\\d{1,9})([smhd])");
    private static final Map<String, Duration> UNITS = Map.of(
            "s", Duration.ofSeconds(1), "m", Duration.ofMinutes(1), "h", Duration.ofHours(1), "d", Duration.ofDays(1));

    private Since() {}

    /** @throws CommandFailedException if it is none */
    static Instant parse(String text, Instant now) {
        Matcher ago = AGO.matcher(text);
        if (ago.matches()) {
            Duration unit = UNITS.getOrDefault(ago.group(2), Duration.ZERO);
            Instant then = now.minus(unit.multipliedBy(Long.parseLong(ago.group(1))));
            return then.isBefore(Instant.EPOCH) ? Instant.EPOCH : then;
        }
        try {
            return Instant.parse(text);
        } catch (DateTimeException e) {
            throw new CommandFailedException(
                    ExitCode.USAGE,
                    "Expected --since as 90s, 30m, 24h, 7d or 2026-01-31T12:00:00Z, but was '%s'".formatted(text));
        }
    }
}
