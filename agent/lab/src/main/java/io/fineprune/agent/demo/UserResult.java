package io.fineprune.agent.demo;

import io.fineprune.schemas.v1.MaskAcknowledgement;
import io.fineprune.schemas.v1.MaskUpdate;
import java.util.Optional;

/**
 * The measurements of one user in a demo.
 *
 * @param events published
 * @param heldOut recordings that accuracy was measured on
 * @param accuracyBefore of the source model on them, 0 to 1
 * @param accuracyAfter of the model in force at the end on them, 0 to 1
 * @param mask in force at the end, if any
 * @param acknowledgement of it, if any
 * @param millisToApply from the event that filled the budget until the mask was in force; empty without a mask
 * @param inferences that the device ran
 * @param missed of them during swaps
 * @param longestGapMicros longest wait for a model during swaps
 * @param compacted whether the model in force is one from which what the mask removes is gone
 */
public record UserResult(
        String user,
        long events,
        int heldOut,
        double accuracyBefore,
        double accuracyAfter,
        Optional<MaskUpdate> mask,
        Optional<MaskAcknowledgement> acknowledgement,
        Optional<Long> millisToApply,
        long inferences,
        long missed,
        long longestGapMicros,
        boolean compacted) {}
