package io.fineprune.schemas.serde;

import com.google.protobuf.ByteString;
import io.fineprune.schemas.v1.StoredDrift;
import io.fineprune.schemas.v1.StoredSums;
import java.util.List;

/**
 * Bounds of {@link StoredSums}: no array of sums is longer than that of |a|, and sums of |a|, of squares and of
 * posteriors are not negative.
 */
final class StoredSumsValidator implements Validator<StoredSums> {
    @Override
    public void validate(StoredSums sums) {
        Check.exactBytes(
                "stored_sums.model_fingerprint", sums.getModelFingerprint(), Identifiers.FINGERPRINT_BYTES, "");
        Check.atLeast("stored_sums.events", sums.getEvents(), 0);
        Check.atLeast("stored_sums.first_event_millis", sums.getFirstEventMillis(), 0);
        Check.atLeast("stored_sums.last_event_millis", sums.getLastEventMillis(), 0);
        ByteString absolute = sums.getAbsolute();
        LittleEndian.checkDoubles("stored_sums.absolute", absolute, 0);
        Check.bytes("stored_sums.linear", sums.getLinear(), 0, absolute.size());
        LittleEndian.checkDoubles("stored_sums.linear", sums.getLinear(), -Double.MAX_VALUE);
        Check.exactBytes("stored_sums.squared", sums.getSquared(), absolute.size(), "as many as absolute");
        LittleEndian.checkDoubles("stored_sums.squared", sums.getSquared(), 0);
        LittleEndian.checkDoubles("stored_sums.posterior", sums.getPosterior(), 0);
        floats("stored_sums.drift_block", sums.getDriftBlock(), absolute.size() / 2);
        floats("stored_sums.drift_reference", sums.getDriftReference(), absolute.size() / 2);
        StoredDrift drift = sums.getDrift();
        Check.range("stored_sums.drift.block_events", drift.getBlockEvents(), 0, Integer.MAX_VALUE);
        Check.atLeast("stored_sums.drift.reference_events", drift.getReferenceEvents(), 0);
        Check.range("stored_sums.drift.noise", drift.getNoise(), 0.0, Double.MAX_VALUE);
        Check.atLeast("stored_sums.drift.noise_blocks", drift.getNoiseBlocks(), 0);
        int classes = sums.getPosterior().size() / Double.BYTES;
        if (sums.hasAnswers()) {
            counts("stored_sums.answers.before", sums.getAnswers().getBeforeList(), classes);
            counts("stored_sums.answers.block", sums.getAnswers().getBlockList(), classes);
        }
        if (sums.hasPrevious()) {
            Check.range("stored_sums.previous.previous", sums.getPrevious().hasPrevious() ? 1 : 0, 0, 0);
            validate(sums.getPrevious());
        }
    }

    private static void counts(String field, List<Integer> counts, int classes) {
        Check.range(field, counts.size(), classes, classes);
        counts.forEach(count -> Check.atLeast(field, count, 0));
    }

    private static void floats(String field, ByteString values, int bytes) {
        if (!values.isEmpty()) {
            Check.exactBytes(field, values, bytes, "as many as absolute");
            LittleEndian.checkFloats(field, values, 0, Float.MAX_VALUE);
        }
    }
}
