package io.fineprune.topology.lifecycle;

import com.google.protobuf.ByteString;
import io.fineprune.schemas.serde.MaskChecksum;
import io.fineprune.schemas.serde.MaskLayers;
import io.fineprune.schemas.serde.UserModelKey;
import io.fineprune.schemas.v1.Evidence;
import io.fineprune.schemas.v1.MaskUpdate;
import io.fineprune.schemas.v1.Trigger;
import io.fineprune.schemas.v1.UpdateKind;
import io.fineprune.topology.activation.Architecture;
import io.fineprune.topology.pruning.Mask;
import io.fineprune.topology.pruning.PruningPlan;
import io.fineprune.topology.pruning.SparsityReport;
import io.fineprune.topology.repair.MaskedLayers;
import io.fineprune.topology.repair.ModelUpdate;
import io.fineprune.topology.sums.ActivationSums;
import java.util.BitSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Makes the update messages for devices. They hold no wall-clock time: equal sums, plan and version give equal bytes.
 */
public final class MaskUpdates {
    private MaskUpdates() {}

    /**
     * Makes the update that carries a personalisation; without repairs in the packed form.
     *
     * @param version of this update; at least 1. Its parent is the version before
     * @return the update with its checksum
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
        return of(key, architecture, ready, evidence.build(), version, trigger);
    }

    /**
     * The source model as an update: everything is kept and nothing repaired.
     *
     * @param plan whose criterion and scope it names
     * @return version 1 of a command; published by {@link #again}
     */
    public static MaskUpdate source(UserModelKey key, Architecture architecture, PruningPlan plan, Evidence evidence) {
        BitSet units = new BitSet();
        units.set(0, architecture.units());
        Personalization.Ready whole = new Personalization.Ready(
                plan,
                UpdateKind.UPDATE_KIND_MASK,
                Mask.ofUnits(architecture, units),
                Map.of(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Personalization.Grounds.UNJUDGED,
                Optional.empty(),
                List.of());
        Evidence unjudged = evidence.toBuilder().clearEstimatedAccuracy().build();
        return of(key, architecture, whole, unjudged, 1, Trigger.TRIGGER_COMMAND);
    }

    /** The same content as another version, whose parent is the version before; it does not expire. */
    public static MaskUpdate again(MaskUpdate content, long version, Trigger trigger) {
        MaskUpdate update = content.toBuilder()
                .setVersion(version)
                .setParentVersion(version - 1)
                .setTrigger(trigger)
                .clearExpiresAtMillis()
                .build();
        return content.getChecksum().size() == MaskChecksum.SHORT_BYTES
                ? MaskChecksum.sealShort(update)
                : MaskChecksum.seal(update);
    }

    /**
     * Decodes an update into its mask, repairs and input scaling.
     *
     * @throws RuntimeException if it is not of this model
     */
    public static ModelUpdate content(MaskUpdate update, Architecture architecture) {
        Mask mask = new Mask(
                update.getGranularity(),
                MaskLayers.of(update).stream().map(layer -> layer.mask().kept()).toList());
        return new ModelUpdate(
                mask,
                RepairCodec.decode(architecture, new MaskedLayers(architecture, mask), update.getRepairsList()),
                RepairCodec.input(update));
    }

    /** Whether two updates differ in nothing but version, trigger and expiry. */
    public static boolean sameContent(MaskUpdate one, MaskUpdate other) {
        return again(one, 1, Trigger.TRIGGER_COMMAND).equals(again(other, 1, Trigger.TRIGGER_COMMAND));
    }

    /** Tells whether the update's fingerprint, which may be shortened, is that of this model's graph. */
    public static boolean isOf(MaskUpdate update, Architecture architecture) {
        return architecture
                .fingerprint()
                .startsWith(
                        HexFormat.of().formatHex(update.getModelFingerprint().toByteArray()));
    }

    private static MaskUpdate of(
            UserModelKey key,
            Architecture architecture,
            Personalization.Ready ready,
            Evidence evidence,
            long version,
            Trigger trigger) {
        MaskUpdate.Builder update = MaskUpdate.newBuilder()
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
                .addAllRepairs(RepairCodec.encode(
                        architecture, new MaskedLayers(architecture, ready.mask()), ready.repairs()));
        ready.input().map(RepairCodec::encode).ifPresent(update::setInput);
        MaskUpdate sealed = MaskChecksum.seal(update.build());
        return sealed.getRepairsCount() == 0 ? MaskLayers.packed(sealed) : sealed;
    }

    /** The same update, which devices take until then only. */
    public static MaskUpdate expiring(MaskUpdate update, long expiresAtMillis) {
        MaskUpdate expiring =
                update.toBuilder().setExpiresAtMillis(expiresAtMillis).build();
        return update.getChecksum().size() == MaskChecksum.SHORT_BYTES
                ? MaskChecksum.sealShort(expiring)
                : MaskChecksum.seal(expiring);
    }

    /** Summarises the events behind these sums, of which there must be at least one. */
    public static Evidence evidence(ActivationSums sums) {
        return Evidence.newBuilder()
                .setEventsSeen(sums.events())
                .setFirstEventMillis(sums.firstEventMillis())
                .setLastEventMillis(sums.lastEventMillis())
                .build();
    }
}
