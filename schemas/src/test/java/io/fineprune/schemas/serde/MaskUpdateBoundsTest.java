package io.fineprune.schemas.serde;

import com.google.protobuf.ByteString;
import io.fineprune.schemas.v1.Granularity;
import io.fineprune.schemas.v1.InputRepair;
import io.fineprune.schemas.v1.LayerMask;
import io.fineprune.schemas.v1.LayerRepair;
import io.fineprune.schemas.v1.MaskChunk;
import io.fineprune.schemas.v1.MaskUpdate;
import java.util.List;
import java.util.function.Consumer;

/** Every bound of mask updates, broken one by one. */
class MaskUpdateBoundsTest extends BoundsContract {
    private static final int UNKNOWN_NUMBER = 99;

    static List<Case<?>> cases() {
        Cases cases = new Cases();
        masks(cases);
        evidence(cases);
        layers(cases);
        chunks(cases);
        return cases.list();
    }

    private static void mask(Cases cases, Consumer<MaskUpdate.Builder> change, String error) {
        cases.when(
                Samples.mask(),
                MessageSerdes.maskUpdate(),
                MaskUpdate.Builder.class,
                b -> {
                    change.accept(b);
                    if (!error.contains("checksum")) {
                        b.setChecksum(MaskChecksum.compute(b.build()));
                    }
                },
                error);
    }

    private static void masks(Cases cases) {
        mask(cases, b -> b.setUserId(""), "Expected 1 to 128 bytes in field mask_update.user_id, but was 0");
        mask(cases, b -> b.setModelId(""), "Expected 1 to 64 bytes in field mask_update.model_id, but was 0");
        mask(
                cases,
                b -> b.setModelFingerprint(zeros(31)),
                "Expected exactly 32 bytes in field mask_update.model_fingerprint, but was 31");
        mask(
                cases,
                b -> b.setExpiresAtMillis(-1),
                "Expected at least 0 in field mask_update.expires_at_millis, but was -1");
        mask(cases, b -> b.setVersion(0), "Expected at least 1 in field mask_update.version, but was 0");
        mask(
                cases,
                b -> b.getInputBuilder().clearScales(),
                "Expected 1 to 16384 in field mask_update.input bands, but was 0");
        mask(
                cases,
                b -> b.getInputBuilder().setScales(zeros(7)),
                "Expected a multiple of 4 bytes in field mask_update.input.scales, but was 7");
        mask(
                cases,
                b -> b.getInputBuilder().setShifts(zeros(4)),
                "Expected exactly 8 bytes (as scales) in field mask_update.input.shifts, but was 4");
        mask(cases, b -> b.setParentVersion(7), "Expected 0 to 6 in field mask_update.parent_version, but was 7");
        mask(cases, b -> b.setParentVersion(-1), "Expected 0 to 6 in field mask_update.parent_version, but was -1");
        mask(
                cases,
                b -> b.setCriterionValue(UNKNOWN_NUMBER),
                "Expected one of CRITERION_ACTIVATION, CRITERION_CONTRIBUTION, CRITERION_FLUCTUATION,"
                        + " CRITERION_MAGNITUDE, CRITERION_RANDOM in field mask_update.criterion, but was 99");
        mask(
                cases,
                b -> b.setGranularityValue(0),
                "Expected NODE or WEIGHT in field mask_update.granularity, but was GRANULARITY_UNSPECIFIED");
        mask(
                cases,
                b -> b.setGranularity(Granularity.GRANULARITY_N_OF_4),
                "Expected NODE or WEIGHT in field mask_update.granularity, but was GRANULARITY_N_OF_4");
        mask(
                cases,
                b -> b.setScopeValue(0),
                "Expected one of SCOPE_LAYER, SCOPE_GLOBAL, SCOPE_RESIDUAL in field mask_update.scope, but was 0");
        mask(
                cases,
                MaskUpdate.Builder::clearSparsity,
                "Expected a value in field mask_update.sparsity, but it was absent");
        mask(
                cases,
                b -> b.getSparsityBuilder().setNodes(1.1),
                "Expected 0 to 1 in field mask_update.sparsity.nodes, but was 1.1");
        mask(
                cases,
                b -> b.getSparsityBuilder().setWeights(Double.NaN),
                "Expected 0 to 1 in field mask_update.sparsity.weights, but was NaN");
        mask(
                cases,
                b -> b.getSparsityBuilder().setMacs(-0.5),
                "Expected 0 to 1 in field mask_update.sparsity.macs, but was -0.5");
        mask(
                cases,
                MaskUpdate.Builder::clearEvidence,
                "Expected a value in field mask_update.evidence, but it was absent");
        mask(
                cases,
                b -> b.setTriggerValue(0),
                "Expected one of TRIGGER_BUDGET_EVENTS, TRIGGER_BUDGET_TIME, TRIGGER_COMMAND, TRIGGER_DRIFT,"
                        + " TRIGGER_DEVICE_FAILURES, TRIGGER_LATER_CLASSES in field mask_update.trigger, but was 0");
        mask(
                cases,
                MaskUpdate.Builder::clearChecksum,
                "Expected exactly 32 bytes in field mask_update.checksum, but was 0");
        mask(
                cases,
                b -> b.setVersion(8),
                "Expected the SHA-256 of the message in field mask_update.checksum, but was that of another one");
    }

    private static void evidence(Cases cases) {
        String field = " in field mask_update.evidence.";
        mask(
                cases,
                b -> b.getEvidenceBuilder().setEventsSeen(0),
                "Expected at least 1" + field + "events_seen, but was 0");
        mask(
                cases,
                b -> b.getEvidenceBuilder().setFirstEventMillis(0),
                "Expected at least 1" + field + "first_event_millis, but was 0");
        mask(
                cases,
                b -> b.getEvidenceBuilder().setLastEventMillis(0),
                "Expected at least 1" + field + "last_event_millis, but was 0");
        mask(
                cases,
                b -> b.getEvidenceBuilder().getEstimatedAccuracyBuilder().setValue(1.5),
                "Expected 0 to 1" + field + "estimated_accuracy.value, but was 1.5");
        mask(
                cases,
                b -> b.getEvidenceBuilder().getEstimatedAccuracyBuilder().setLower(0.91),
                "Expected 0 to 0.9" + field + "estimated_accuracy.lower, but was 0.91");
        mask(
                cases,
                b -> b.getEvidenceBuilder().getEstimatedAccuracyBuilder().setUpper(0.89),
                "Expected 0.9 to 1" + field + "estimated_accuracy.upper, but was 0.89");
    }

    private static void layers(Cases cases) {
        mask(
                cases,
                MaskUpdate.Builder::clearLayers,
                "Expected 1 to 4096 layers in field mask_update.layers, but was 0");
        mask(
                cases,
                b -> {
                    LayerMask layer = b.getLayers(0);
                    for (int i = 0; i < 4095; i++) {
                        b.addLayers(layer.toBuilder().clearKept().clearLayer());
                    }
                },
                "Expected 1 to 4096 layers in field mask_update.layers, but was 4097");
        mask(
                cases,
                b -> b.getLayersBuilder(1).setLayer(""),
                "Expected 1 to 512 bytes in field mask_update.layers[1].layer, but was 0");
        mask(
                cases,
                b -> b.getLayersBuilder(1).setLayer("l".repeat(513)),
                "Expected 1 to 512 bytes in field mask_update.layers[1].layer, but was 513");
        mask(
                cases,
                b -> b.getLayersBuilder(1).setLayer("conv1"),
                "Expected a name of its own in field mask_update.layers[1].layer, but was that of an earlier layer");
        for (int size : new int[] {0, 67_108_865}) {
            mask(
                    cases,
                    b -> b.getLayersBuilder(0).setSize(size),
                    "Expected 1 to 67108864 in field mask_update.layers[0].size, but was " + size);
        }
        mask(
                cases,
                b -> b.getLayersBuilder(0).setKept(zeros(3)),
                "Expected exactly 2 bytes (size 10) in field mask_update.layers[0].kept, but was 3");
        mask(
                cases,
                b -> b.getLayersBuilder(0).setKept(ByteString.copyFrom(new byte[] {0, 0x24})),
                "Expected no bits beyond size 10 in field mask_update.layers[0].kept, but was bit 13");
    }

    private static void chunks(Cases cases) {
        chunked(
                cases,
                b -> b.getChunksBuilder().setCount(0),
                "Expected 1 to 4096 in field mask_update.chunks.count, but was 0");
        chunked(
                cases,
                b -> b.getChunksBuilder().setCount(4097),
                "Expected 1 to 4096 in field mask_update.chunks.count, but was 4097");
        chunked(
                cases,
                b -> b.getChunksBuilder().setBytes(1),
                "Expected 2 to 16775168 in field mask_update.chunks.bytes, but was 1");
        chunked(
                cases,
                b -> b.getChunksBuilder().setCount(4096).setBytes(67_108_865),
                "Expected 4096 to 67108864 in field mask_update.chunks.bytes, but was 67108865");
        chunked(
                cases,
                b -> b.getChunksBuilder().setSha256(zeros(31)),
                "Expected exactly 32 bytes in field mask_update.chunks.sha256, but was 31");
        chunked(
                cases,
                b -> b.addLayers(LayerMask.getDefaultInstance()),
                "Expected 0 to 0 in field mask_update.layers beside chunks, but was 1");
        chunked(
                cases,
                b -> b.setPackedLayers(zeros(1)),
                "Expected exactly 0 bytes (beside chunks) in field mask_update.packed_layers, but was 1");
        chunked(
                cases,
                b -> b.addRepairs(LayerRepair.getDefaultInstance()),
                "Expected 0 to 0 in field mask_update.repairs beside chunks, but was 1");
        chunked(
                cases,
                b -> b.setInput(InputRepair.getDefaultInstance()),
                "Expected 0 to 0 in field mask_update.input beside chunks, but was 1");
        cases.when(
                Samples.chunk(),
                MessageSerdes.maskChunk(),
                MaskChunk.Builder.class,
                b -> b.setVersion(0),
                "Expected at least 1 in field mask_chunk.version, but was 0");
        cases.when(
                Samples.chunk(),
                MessageSerdes.maskChunk(),
                MaskChunk.Builder.class,
                MaskChunk.Builder::clearData,
                "Expected 1 to 8387584 bytes in field mask_chunk.data, but was 0");
    }

    private static void chunked(Cases cases, Consumer<MaskUpdate.Builder> change, String error) {
        cases.when(
                Samples.chunked(),
                MessageSerdes.maskUpdate(),
                MaskUpdate.Builder.class,
                b -> {
                    change.accept(b);
                    b.setChecksum(MaskChecksum.compute(b.build()));
                },
                error);
    }

    private static ByteString zeros(int size) {
        return ByteString.copyFrom(new byte[size]);
    }
}
