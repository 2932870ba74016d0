package io.fineprune.schemas.serde;

import io.fineprune.schemas.v1.AcknowledgementStatus;
import io.fineprune.schemas.v1.MaskAcknowledgement;

/** What devices' answers mean. */
public final class Acknowledgements {
    /** How the reason begins when a device refuses an update that fails its self-check. */
    public static final String SELF_CHECK = "Self-check";

    private Acknowledgements() {}

    /** Whether the device found that the update itself does not work, instead of one that it may not or need not apply. */
    public static boolean saysUpdateFails(MaskAcknowledgement answer) {
        return answer.getStatus() == AcknowledgementStatus.ACKNOWLEDGEMENT_STATUS_ROLLED_BACK
                || (answer.getStatus() == AcknowledgementStatus.ACKNOWLEDGEMENT_STATUS_REFUSED
                        && answer.getReason().startsWith(SELF_CHECK));
    }
}
