package io.fineprune.schemas.serde;

import com.google.protobuf.ByteString;
import io.fineprune.schemas.v1.ChunkList;
import io.fineprune.schemas.v1.Granularity;
import io.fineprune.schemas.v1.InputRepair;
import io.fineprune.schemas.v1.LayerMask;
import io.fineprune.schemas.v1.LayerRepair;
import io.fineprune.schemas.v1.MaskUpdate;
import java.util.HashSet;
import java.util.Set;

/** Bounds of {@link MaskUpdate}; the checksum must be that of the content. */
final class MaskUpdateValidator implements Validator<MaskUpdate> {
    static final int MAX_LAYERS = 4096;
    private static final int MAX_BANDS = 16_384;

    @Override
    public void validate(MaskUpdate update) {
        Check.text("mask_update.user_id", update.getUserId(), 1, Identifiers.MAX_USER_BYTES);
        Check.text("mask_update.model_id", update.getModelId(), 1, Identifiers.MAX_MODEL_BYTES);
        digest("mask_update.model_fingerprint", update.getModelFingerprint());
        Check.atLeast("mask_update.version", update.getVersion(), 1);
        Check.range("mask_update.parent_version", update.getParentVersion(), 0, update.getVersion() - 1);
        Check.specified("mask_update.criterion", update.getCriterionValue(), update.getCriterion());
        if (update.getGranularity() != Granularity.GRANULARITY_NODE
                && update.getGranularity() != Granularity.GRANULARITY_WEIGHT) {
            throw Check.expected("NODE or WEIGHT", "mask_update.granularity", update.getGranularity());
        }
        Check.specified("mask_update.scope", update.getScopeValue(), update.getScope());
        if (update.hasChunks()) {
            chunks(update);
        } else {
            content(update);
        }
        Check.present("mask_update.sparsity", update.hasSparsity());
        PruningReportValidator.sparsity("mask_update.sparsity", update.getSparsity());
        Check.present("mask_update.evidence", update.hasEvidence());
        PruningReportValidator.evidence("mask_update.evidence", update.getEvidence());
        Check.specified("mask_update.trigger", update.getTriggerValue(), update.getTrigger());
        Check.specified("mask_update.kind", update.getKindValue(), update.getKind());
        Check.atLeast("mask_update.expires_at_millis", update.getExpiresAtMillis(), 0);
        digest("mask_update.checksum", update.getChecksum());
        if (!MaskChecksum.verify(update)) {
            throw Check.expected("the SHA-256 of the message", "mask_update.checksum", "that of another one");
        }
    }

    private static void content(MaskUpdate update) {
        repairs(update, layers(update));
        if (update.hasInput()) {
            input(update.getInput());
        }
    }

    private static void chunks(MaskUpdate update) {
        ChunkList chunks = update.getChunks();
        Check.range("mask_update.chunks.count", chunks.getCount(), 1, MaskChunks.MAX_COUNT);
        Check.range(
                "mask_update.chunks.bytes",
                chunks.getBytes(),
                chunks.getCount(),
                Math.min(MessageSerdes.MAX_JOINED_UPDATE_BYTES, (long) chunks.getCount() * MaskChunks.MAX_BYTES));
        Check.exactBytes("mask_update.chunks.sha256", chunks.getSha256(), MaskChecksum.BYTES, "");
        Check.range("mask_update.layers beside chunks", update.getLayersCount(), 0, 0);
        Check.exactBytes("mask_update.packed_layers", update.getPackedLayers(), 0, "beside chunks");
        Check.range("mask_update.repairs beside chunks", update.getRepairsCount(), 0, 0);
        Check.range("mask_update.input beside chunks", update.hasInput() ? 1 : 0, 0, 0);
    }

    private static void digest(String field, ByteString digest) {
        if (digest.size() != MaskChecksum.SHORT_BYTES) {
            Check.exactBytes(field, digest, MaskChecksum.BYTES, "");
        }
    }

    /** Checks the masks in either encoding; returns the number of layers. */
    private static int layers(MaskUpdate update) {
        if (!update.getPackedLayers().isEmpty()) {
            Check.range("mask_update.layers beside packed_layers", update.getLayersCount(), 0, 0);
            return PackedLayers.unpack(update.getPackedLayers()).size();
        }
        int count = update.getLayersCount();
        if (count < 1 || count > MAX_LAYERS) {
            throw Check.expected("1 to " + MAX_LAYERS + " layers", "mask_update.layers", count);
        }
        Set<String> names = new HashSet<>();
        for (int i = 0; i < count; i++) {
            String field = "mask_update.layers[" + i + "]";
            LayerMask layer = update.getLayers(i);
            MaskBits.check(field, layer);
            if (!names.add(layer.getLayer())) {
                throw Check.expected("a name of its own", field + ".layer", "that of an earlier layer");
            }
        }
        return count;
    }

    private static void input(InputRepair input) {
        Check.multipleOf("mask_update.input.scales", input.getScales(), Float.BYTES);
        Check.range("mask_update.input bands", input.getScales().size() / Float.BYTES, 1, MAX_BANDS);
        Check.exactBytes(
                "mask_update.input.shifts", input.getShifts(), input.getScales().size(), "as scales");
    }

    private static void repairs(MaskUpdate update, int layers) {
        Check.range("mask_update.repairs", update.getRepairsCount(), 0, layers);
        for (int i = 0; i < update.getRepairsCount(); i++) {
            String field = "mask_update.repairs[" + i + "]";
            LayerRepair repair = update.getRepairs(i);
            Check.text(field + ".layer", repair.getLayer(), 1, 512);
            Check.multipleOf(field + ".weights", repair.getWeights(), Short.BYTES);
            Check.multipleOf(field + ".scales", repair.getScales(), Float.BYTES);
            Check.multipleOf(field + ".biases", repair.getBiases(), Float.BYTES);
            if (repair.getWeights().isEmpty() == repair.getScales().isEmpty()) {
                throw Check.expected(
                        "weights or scales", field, repair.getWeights().isEmpty() ? "neither" : "both");
            }
        }
    }
}
