package io.fineprune.topology.lifecycle;

import com.google.protobuf.ByteString;
import io.fineprune.schemas.serde.MaskChecksum;
import io.fineprune.schemas.serde.MaskLayers;
import io.fineprune.schemas.serde.UserModelKey;
import io.fineprune.schemas.v1.Evidence;
import io.fineprune.schemas.v1.MaskUpdate;
import io.fineprune.schemas.v1.Trigger;
import io.fineprune.topology.activation.Architecture;
import io.fineprune.topology.pruning.SparsityReport;
import io.fineprune.topology.repair.MaskedLayers;
import io.fineprune.topology.sums.ActivationSums;
import java.util.HexFormat;

/** Makes the messages that devices follow. They hold no wall clock: the same sums, plan and version give the same bytes. */
public final class MaskUpdates {
    private MaskUpdates() {}

    /**
     * The update that carries a personalisation; packed if nothing is repaired.
     *
     * @param version of this update; at least 1. Its parent is the version before
     * @return with its checksum
     */
    public static MaskUpdate of(
            UserModelKey key,
            Architecture architecture,
            Personalization.Ready ready,
            ActivationSums sums,
            long version,
            Trigger trigger) {
        Evidence.Builder evidence = evidence(sums).toBuilder();
        ready.estimate().ifPresent(evidence::setEstimatedAccuracy);
        MaskUpdate update = MaskChecksum.seal(MaskUpdate.newBuilder()
                .setUserId(key.user())
                .setModelId(key.model())
                .setModelFingerprint(ByteString.copyFrom(HexFormat.of().parseHex(architecture.fingerprint())))
                .setVersion(version)
                .setParentVersion(version - 1)
                .setCriterion(ready.plan().criterion())
                .setGranularity(ready.mask().granularity())
                .setScope(ready.plan().scope())
                .addAllLayers(ready.mask().toLayerMasks(architecture))
                .setSparsity(SparsityReport.of(architecture, ready.mask()).toMessage())
                .setEvidence(evidence)
                .setTrigger(trigger)
                .setKind(ready.kind())
                .addAllRepairs(
                        RepairCodec.encode(architecture, new MaskedLayers(architecture, ready.mask()), ready.repairs()))
                .build());
        return update.getRepairsCount() == 0 ? MaskLayers.packed(update) : update;
    }

    /** What these sums rest on; they hold at least one event. */
    public static Evidence evidence(ActivationSums sums) {
        return Evidence.newBuilder()
                .setEventsSeen(sums.events())
                .setFirstEventMillis(sums.firstEventMillis())
                .setLastEventMillis(sums.lastEventMillis())
                .build();
    }
}
