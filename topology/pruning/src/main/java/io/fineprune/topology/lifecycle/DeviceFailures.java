package io.fineprune.topology.lifecycle;

import io.fineprune.schemas.signature.Sha256;
import io.fineprune.schemas.v1.MaskAcknowledgement;
import io.fineprune.schemas.v1.StoredLifecycle;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * The devices on which the version in force failed, each counted once. Of a device's name its SHA-256 begins to be kept, 8 bytes;
 * whatever version is published next, the count begins anew.
 */
public final class DeviceFailures {
    /** Devices remembered of a version. */
    public static final int MOST = 100;

    private DeviceFailures() {}

    /** What became of a device's answer that an update fails. */
    public enum Outcome {
        /** It is a device that had not said so yet. */
        COUNTED,
        /** The device has said so before. */
        REPEATED,
        /** It speaks of another version than the one in force. */
        OTHER_VERSION,
        /** It speaks of a user or model that is not known here, or lies under another user's key. */
        FOREIGN,
        /** It cannot be read. */
        MALFORMED
    }

    /** What to make of a valid answer that the update fails. */
    public static Outcome judge(StoredLifecycle state, MaskAcknowledgement answer) {
        if (state.getVersion() == 0) {
            return Outcome.FOREIGN;
        }
        if (state.getVersion() != answer.getVersion()) {
            return Outcome.OTHER_VERSION;
        }
        return state.getFailedDevicesCount() >= MOST
                        || state.getFailedDevicesList().contains(digest(answer))
                ? Outcome.REPEATED
                : Outcome.COUNTED;
    }

    /** The state when an answer is counted. */
    public static StoredLifecycle counted(StoredLifecycle state, MaskAcknowledgement answer) {
        return state.toBuilder().addFailedDevices(digest(answer)).build();
    }

    private static long digest(MaskAcknowledgement answer) {
        return ByteBuffer.wrap(Sha256.of(answer.getDeviceId().getBytes(StandardCharsets.UTF_8)))
                .getLong();
    }
}
