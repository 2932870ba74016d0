package io.fineprune.agent.device;

import io.fineprune.schemas.v1.AcknowledgementStatus;
import io.fineprune.schemas.v1.MaskAcknowledgement;
import java.time.Clock;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Builds and sends a device's acknowledgements. */
final class Answerer {
    private static final Logger LOGGER = LoggerFactory.getLogger(Answerer.class);
    private static final int MAX_REASON_CHARACTERS = 256;

    private final MaskAcknowledgement sender;
    private final Consumer<MaskAcknowledgement> acknowledgements;
    private final Clock clock;
    private boolean muted;

    /**
     * Creates the builder of one device's acknowledgements.
     *
     * @param sender an acknowledgement with only user, device and model set, copied into each one sent
     */
    Answerer(MaskAcknowledgement sender, Consumer<MaskAcknowledgement> acknowledgements, Clock clock) {
        this.sender = sender;
        this.acknowledgements = acknowledgements;
        this.clock = clock;
    }

    /** Sets whether acknowledgements are withheld from now on. */
    void mute(boolean now) {
        muted = now;
    }

    void applied(long version, long tookNanos, SwapMeter.Reading reading) {
        send(
                sender.toBuilder(),
                AcknowledgementStatus.ACKNOWLEDGEMENT_STATUS_APPLIED,
                version,
                tookNanos,
                reading,
                version);
    }

    /**
     * Acknowledges that a version was refused or rolled back.
     *
     * @param running the version that runs instead; 0: the source model
     */
    void declined(
            AcknowledgementStatus status,
            long version,
            String reason,
            long running,
            long tookNanos,
            SwapMeter.Reading reading) {
        String worded = reason.isEmpty() ? "unknown" : reason;
        send(
                sender.toBuilder().setReason(worded.substring(0, Math.min(worded.length(), MAX_REASON_CHARACTERS))),
                status,
                version,
                tookNanos,
                reading,
                running);
    }

    private void send(
            MaskAcknowledgement.Builder answer,
            AcknowledgementStatus status,
            long version,
            long tookNanos,
            SwapMeter.Reading reading,
            long running) {
        if (muted) {
            return;
        }
        try {
            acknowledgements.accept(answer.setStatus(status)
                    .setVersion(version)
                    .setRunningVersion(running)
                    .setAppliedAtMillis(clock.millis())
                    .setSwapMicros(TimeUnit.NANOSECONDS.toMicros(tookNanos))
                    .setLongestGapMicros(TimeUnit.NANOSECONDS.toMicros(reading.longestGapNanos()))
                    .setMissedInferences(reading.missed())
                    .build());
        } catch (RuntimeException e) {
            LOGGER.warn("Device {} could not acknowledge version {}", sender.getDeviceId(), version, e);
        }
    }
}
