package io.fineprune.agent.fleet;

import io.fineprune.schemas.v1.AcknowledgementStatus;
import io.fineprune.schemas.v1.MaskAcknowledgement;
import java.util.LinkedHashMap;
import java.util.Map;

/** The devices of one user, and what each answered last; of more than 64 only 64 are told apart. */
final class UserDevices {
    private static final int MOST = 64;
    private static final Said NOTHING = new Said(0, AcknowledgementStatus.ACKNOWLEDGEMENT_STATUS_UNSPECIFIED);

    private final Map<String, Said> devices = new LinkedHashMap<>(2);

    private record Said(long version, AcknowledgementStatus status) {
        boolean of(long wanted, AcknowledgementStatus wantedStatus) {
            return version >= wanted && status == wantedStatus;
        }
    }

    void clear() {
        devices.clear();
    }

    void seen(String device) {
        if (devices.size() < MOST) {
            devices.putIfAbsent(device, NOTHING);
        }
    }

    /** A device that answers of an older version than before answers late: what it said of the newer one stands. */
    void answered(MaskAcknowledgement answer) {
        Said before = devices.get(answer.getDeviceId());
        if ((before == null && devices.size() < MOST) || (before != null && answer.getVersion() >= before.version())) {
            devices.put(answer.getDeviceId(), new Said(answer.getVersion(), answer.getStatus()));
        }
    }

    int count() {
        return devices.size();
    }

    /** Counts the devices that run a version. */
    int running(long version) {
        return version == 0 ? devices.size() : saying(version, AcknowledgementStatus.ACKNOWLEDGEMENT_STATUS_APPLIED);
    }

    Served served(long version) {
        if (version == 0) {
            return Served.SOURCE;
        }
        int applied = saying(version, AcknowledgementStatus.ACKNOWLEDGEMENT_STATUS_APPLIED);
        if (applied > 0) {
            return applied == devices.size() ? Served.MASK_APPLIED : Served.MASK_PARTLY;
        }
        if (saying(version, AcknowledgementStatus.ACKNOWLEDGEMENT_STATUS_ROLLED_BACK) > 0) {
            return Served.MASK_ROLLED_BACK;
        }
        return saying(version, AcknowledgementStatus.ACKNOWLEDGEMENT_STATUS_REFUSED) > 0
                ? Served.MASK_REFUSED
                : Served.MASK_SENT;
    }

    private int saying(long version, AcknowledgementStatus status) {
        return (int) devices.values().stream()
                .filter(said -> said.of(version, status))
                .count();
    }
}
