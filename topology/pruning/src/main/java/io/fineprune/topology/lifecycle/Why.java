package io.fineprune.topology.lifecycle;

import io.fineprune.schemas.v1.ReasonCode;

/**
 * Why a decision came out as it did.
 *
 * @param sentence that operators understand; empty where there is nothing to say
 */
public record Why(ReasonCode code, String sentence) {
    /** Nothing is to be said. */
    public static final Why NOTHING = new Why(ReasonCode.REASON_CODE_UNSPECIFIED, "");
}
