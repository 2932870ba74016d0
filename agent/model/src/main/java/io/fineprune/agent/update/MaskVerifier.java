package io.fineprune.agent.update;

import io.fineprune.schemas.serde.MalformedMessageException;
import io.fineprune.schemas.serde.MaskChecksum;
import io.fineprune.schemas.serde.MaskLayers;
import io.fineprune.schemas.v1.Granularity;
import io.fineprune.schemas.v1.MaskUpdate;
import io.fineprune.topology.activation.Architecture;
import io.fineprune.topology.activation.Layer;
import io.fineprune.topology.lifecycle.RepairCodec;
import io.fineprune.topology.pruning.Mask;
import io.fineprune.topology.repair.MaskedLayers;
import io.fineprune.topology.repair.ModelUpdate;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HexFormat;
import java.util.List;

/** Decides whether an update is for this user, this very model, whole, and newer than what runs. Pure. */
public final class MaskVerifier {
    private final String user;
    private final Architecture architecture;

    public MaskVerifier(String user, Architecture architecture) {
        this.user = user;
        this.architecture = architecture;
    }

    /** Verifies an update, whether or not it was checked by its serde before. */
    public Verdict verify(MaskUpdate update, long versionInForce) {
        String fingerprint =
                HexFormat.of().formatHex(update.getModelFingerprint().toByteArray());
        if (!MaskChecksum.verify(update)) {
            return refused("Expected a checksum that fits the content, but it does not");
        }
        if (!update.getUserId().equals(user)) {
            return refused("Expected an update for user %s, but it is for %s".formatted(user, update.getUserId()));
        }
        if (!update.getModelId().equals(architecture.modelId())) {
            return refused("Expected an update of model %s, but it is of %s"
                    .formatted(architecture.modelId(), update.getModelId()));
        }
        if (fingerprint.isEmpty() || !architecture.fingerprint().startsWith(fingerprint)) {
            return refused(
                    "Expected model fingerprint %s, but was %s".formatted(architecture.fingerprint(), fingerprint));
        }
        if (update.getVersion() == versionInForce) {
            return new Verdict.InForce();
        }
        if (update.getVersion() < versionInForce) {
            return refused("Expected a version above %d, but was %d".formatted(versionInForce, update.getVersion()));
        }
        return mask(update);
    }

    private Verdict mask(MaskUpdate update) {
        boolean nodes = update.getGranularity() == Granularity.GRANULARITY_NODE;
        List<Layer> layers = architecture.layers();
        List<MaskLayers.Named> masks;
        try {
            masks = MaskLayers.of(update);
        } catch (MalformedMessageException e) {
            return refused(String.valueOf(e.getMessage()));
        }
        if (masks.size() != layers.size()) {
            return refused("Expected %d layers, but was %d".formatted(layers.size(), masks.size()));
        }
        List<BitSet> bits = new ArrayList<>();
        for (int l = 0; l < layers.size(); l++) {
            Layer layer = layers.get(l);
            MaskLayers.Named mask = masks.get(l);
            int size = nodes ? layer.nodes() : layer.weights();
            String name = mask.name().orElse(layer.name());
            if (!name.equals(layer.name()) || mask.mask().size() != size) {
                return refused("Expected layer %s of size %d, but was %s of size %d"
                        .formatted(layer.name(), size, name, mask.mask().size()));
            }
            BitSet kept = mask.mask().kept();
            if (kept.isEmpty()) {
                return refused("Expected something left of layer %s, but nothing is".formatted(layer.name()));
            }
            bits.add(kept);
        }
        Mask mask = new Mask(update.getGranularity(), bits);
        try {
            MaskedLayers masked = new MaskedLayers(architecture, mask);
            return new Verdict.Accepted(new ModelUpdate(
                    mask,
                    RepairCodec.decode(architecture, masked, update.getRepairsList()),
                    RepairCodec.input(update)));
        } catch (IllegalArgumentException e) {
            return refused(String.valueOf(e.getMessage()));
        }
    }

    private static Verdict refused(String reason) {
        return new Verdict.Refused(reason);
    }
}
