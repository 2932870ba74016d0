package io.fineprune.schemas.serde;

import io.fineprune.schemas.v1.LayerMask;
import io.fineprune.schemas.v1.MaskUpdate;
import io.fineprune.schemas.v1.Sparsity;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads the masks of an update from either of its encodings: one message per layer, or packed. */
public final class MaskLayers {
    private static final double TEN_THOUSAND = 1e4;

    private MaskLayers() {}

    /** One layer's mask, and the layer's name if the update gives it; otherwise the order tells which layer it is. */
    public record Named(Optional<String> name, PackedLayers.Layer mask) {}

    /** The shares removed, read from either encoding of the update. */
    public static Sparsity sparsity(MaskUpdate update) {
        Sparsity carried = update.getSparsity();
        if (update.getPackedLayers().isEmpty()) {
            return carried;
        }
        return Sparsity.newBuilder()
                .setNodes(carried.getNodesTenThousandths() / TEN_THOUSAND)
                .setWeights(carried.getWeightsTenThousandths() / TEN_THOUSAND)
                .setMacs(carried.getMacsTenThousandths() / TEN_THOUSAND)
                .build();
    }

    /**
     * Returns the update in its compact form, which is sent when nothing is repaired: masks packed, shares in
     * ten-thousandths, short digests.
     */
    public static MaskUpdate packed(MaskUpdate update) {
        Sparsity sparsity = update.getSparsity();
        return MaskChecksum.sealShort(update.toBuilder()
                .setModelFingerprint(update.getModelFingerprint().substring(0, MaskChecksum.SHORT_BYTES))
                .setPackedLayers(
                        PackedLayers.pack(of(update).stream().map(Named::mask).toList()))
                .clearLayers()
                .setSparsity(Sparsity.newBuilder()
                        .setNodesTenThousandths((int) Math.round(sparsity.getNodes() * TEN_THOUSAND))
                        .setWeightsTenThousandths((int) Math.round(sparsity.getWeights() * TEN_THOUSAND))
                        .setMacsTenThousandths((int) Math.round(sparsity.getMacs() * TEN_THOUSAND)))
                .build());
    }

    /**
     * Decodes the masks in the order of the graph.
     *
     * @throws MalformedMessageException if a bound of the schema is broken
     */
    public static List<Named> of(MaskUpdate update) {
        List<Named> layers = new ArrayList<>();
        if (!update.getPackedLayers().isEmpty()) {
            PackedLayers.unpack(update.getPackedLayers())
                    .forEach(layer -> layers.add(new Named(Optional.empty(), layer)));
        }
        for (LayerMask layer : update.getLayersList()) {
            layers.add(new Named(
                    Optional.of(layer.getLayer()), new PackedLayers.Layer(MaskBits.toBitSet(layer), layer.getSize())));
        }
        return layers;
    }
}
