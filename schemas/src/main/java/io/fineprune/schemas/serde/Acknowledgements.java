package io.fineprune.schemas.serde;

import io.fineprune.schemas.v1.AcknowledgementStatus;
import io.fineprune.schemas.v1.MaskAcknowledgement;

/** Meaning of the acknowledgements that devices send. */
public final class Acknowledgements {
    /** Prefix of the reason of a device that refuses an update because its self-check failed. */
    public static final String SELF_CHECK = "Self-check";

    private Acknowledgements() {}

    /**
     * Whether the device reports that the update does not work, as opposed to one that it may not or need not
     * apply.
     */
    public static boolean saysUpdateFails(MaskAcknowledgement answer) {
        return answer.getStatus() == AcknowledgementStatus.ACKNOWLEDGEMENT_STATUS_ROLLED_BACK
                || (answer.getStatus() == AcknowledgementStatus.ACKNOWLEDGEMENT_STATUS_REFUSED
                        && answer.getReason().startsWith(SELF_CHECK));
    }
}
