package io.fineprune.topology.lifecycle;

import io.fineprune.schemas.signature.Sha256;
import io.fineprune.schemas.v1.MaskAcknowledgement;
import io.fineprune.schemas.v1.StoredLifecycle;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * Counts the devices on which the version in force failed, each once. Only the first 8 bytes of the SHA-256 of a
 * device's name are kept; the count begins anew with every published version.
 */
public final class DeviceFailures {
    /** Most devices that are remembered for a version, which bounds the stored state. */
    public static final int MOST = 100;

    private DeviceFailures() {}

    /** How a device's report of a failed update was treated. */
    public enum Outcome {
        /** The device reported the failure for the first time, so it was counted. */
        COUNTED,
        /** The device already reported this failure. */
        REPEATED,
        /** The report is about another version than the one in force. */
        OTHER_VERSION,
        /** The report is about a user or model that is not known here, or its record has another user's key. */
        FOREIGN,
        /** The report cannot be decoded. */
        MALFORMED
    }

    /** Decides how to treat a valid report that an update failed. */
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

    /** Returns the state after this report was counted. */
    public static StoredLifecycle counted(StoredLifecycle state, MaskAcknowledgement answer) {
        return state.toBuilder().addFailedDevices(digest(answer)).build();
    }

    private static long digest(MaskAcknowledgement answer) {
        return ByteBuffer.wrap(Sha256.of(answer.getDeviceId().getBytes(StandardCharsets.UTF_8)))
                .getLong();
    }
}
