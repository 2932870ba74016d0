package io.fineprune.schemas.serde;

import com.google.protobuf.ByteString;
import io.fineprune.schemas.v1.StoredSums;

/** Bounds of {@link StoredSums}: the three sums have one length, and sums of what cannot be negative are not negative. */
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
        Check.exactBytes("stored_sums.linear", sums.getLinear(), absolute.size(), "as many as absolute");
        LittleEndian.checkDoubles("stored_sums.linear", sums.getLinear(), -Double.MAX_VALUE);
        Check.exactBytes("stored_sums.squared", sums.getSquared(), absolute.size(), "as many as absolute");
        LittleEndian.checkDoubles("stored_sums.squared", sums.getSquared(), 0);
        LittleEndian.checkDoubles("stored_sums.posterior", sums.getPosterior(), 0);
    }
}
