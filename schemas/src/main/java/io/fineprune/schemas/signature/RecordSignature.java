package io.fineprune.schemas.signature;

import com.google.protobuf.ByteString;
import java.util.Optional;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/**
 * A record's signature, as it stands in two headers.
 *
 * @param keyId first 8 bytes of the SHA-256 of the public key as X.509 SubjectPublicKeyInfo
 * @param signature 64 bytes: Ed25519 over {@link SignedRecord#content}
 */
public record RecordSignature(ByteString keyId, ByteString signature) {
    /** Header of the signature. */
    public static final String SIGNATURE_HEADER = "fineprune-signature";

    /** Header of the public key's id. */
    public static final String KEY_ID_HEADER = "fineprune-key-id";

    static final int KEY_ID_BYTES = 8;
    static final int SIGNATURE_BYTES = 64;

    public RecordSignature {
        requireSize("key id", keyId, KEY_ID_BYTES);
        requireSize("signature", signature, SIGNATURE_BYTES);
    }

    /** Reads the signature from a record's headers; empty if a header is missing or has another size. */
    public static Optional<RecordSignature> of(Headers headers) {
        @Nullable Header keyId = headers.lastHeader(KEY_ID_HEADER);
        @Nullable Header signature = headers.lastHeader(SIGNATURE_HEADER);
        if (!hasSize(keyId, KEY_ID_BYTES) || !hasSize(signature, SIGNATURE_BYTES)) {
            return Optional.empty();
        }
        return Optional.of(
                new RecordSignature(ByteString.copyFrom(keyId.value()), ByteString.copyFrom(signature.value())));
    }

    /** Adds the two headers of the signature. */
    public void addTo(Headers headers) {
        headers.add(KEY_ID_HEADER, keyId.toByteArray());
        headers.add(SIGNATURE_HEADER, signature.toByteArray());
    }

    private static boolean hasSize(@Nullable Header header, int bytes) {
        return header != null && header.value() != null && header.value().length == bytes;
    }

    private static void requireSize(String what, ByteString value, int bytes) {
        if (value.size() != bytes) {
            throw new IllegalArgumentException(
                    "Expected %d bytes as %s, but was %d".formatted(bytes, what, value.size()));
        }
    }
}
