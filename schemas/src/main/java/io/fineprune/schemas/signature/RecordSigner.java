package io.fineprune.schemas.signature;

import java.util.Optional;

/** Signs records before they are sent. Safe for use by several threads. */
@FunctionalInterface
public interface RecordSigner {
    /** Leaves everything unsigned. */
    RecordSigner NONE = (kind, key, value) -> Optional.empty();

    /**
     * Signs the exact bytes of a record.
     *
     * @return empty if records are left unsigned
     */
    Optional<RecordSignature> sign(SignedRecord kind, byte[] key, byte[] value);
}
