package io.fineprune.topology.stream;

import io.fineprune.schemas.serde.UserModelKey;
import io.fineprune.schemas.v1.MaskAcknowledgement;
import io.fineprune.schemas.v1.StoredLifecycle;
import io.fineprune.topology.lifecycle.DeviceFailures;

/** Takes back the update in force once it has failed on so many of its user's devices. */
final class Quarantine {
    private final UserStates states;
    private final Rollbacks rollbacks;
    private final StreamListener listener;
    private final int most;

    /** @param most devices on which an update fails and is taken back */
    Quarantine(UserStates states, Rollbacks rollbacks, StreamListener listener, int most) {
        this.states = states;
        this.rollbacks = rollbacks;
        this.listener = listener;
        this.most = most;
    }

    /** Whether the answer would count towards the quarantine in the present state. */
    boolean counts(MaskAcknowledgement answer) {
        return DeviceFailures.judge(states.lifecycle(key(answer)), answer) == DeviceFailures.Outcome.COUNTED;
    }

    /** Counts a device's report of a failed update, and takes the update back when the limit is reached. */
    void failed(MaskAcknowledgement answer, long timestamp) {
        UserModelKey key = key(answer);
        StoredLifecycle state = states.lifecycle(key);
        DeviceFailures.Outcome outcome = DeviceFailures.judge(state, answer);
        listener.deviceFailure(outcome);
        if (outcome != DeviceFailures.Outcome.COUNTED) {
            return;
        }
        StoredLifecycle next = DeviceFailures.counted(state, answer);
        int devices = next.getFailedDevicesCount();
        boolean source = next.hasContentVersion() && next.getContentVersion() == 0;
        if (devices >= most && !source) {
            String reason = "Version %d failed on %d devices of the user, last: %s"
                    .formatted(state.getVersion(), devices, answer.getReason());
            next = rollbacks.quarantine(key, next, reason, timestamp);
        }
        states.putLifecycle(key, next);
    }

    private static UserModelKey key(MaskAcknowledgement answer) {
        return new UserModelKey(answer.getUserId(), answer.getModelId());
    }
}
