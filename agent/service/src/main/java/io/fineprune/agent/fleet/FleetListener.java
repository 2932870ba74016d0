package io.fineprune.agent.fleet;

import io.fineprune.schemas.v1.FeedbackLabel;
import io.fineprune.schemas.v1.MaskAcknowledgement;

/** Hears what devices answered, each answer once as a rule, again after a failure. Called by one thread; must not throw. */
public interface FleetListener {
    void acknowledged(MaskAcknowledgement acknowledgement);

    void labelled(FeedbackLabel label);
}
