package io.fineprune.schemas.signature;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** SHA-256 (FIPS 180-4), which every Java runtime has. */
public final class Sha256 {
    /** Bytes of a digest. */
    public static final int BYTES = 32;

    private Sha256() {}

    /** Creates a digest without content. */
    public static MessageDigest digest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java runtime has SHA-256, but this one does not", e);
        }
    }

    /** Computes the digest of these bytes. */
    public static byte[] of(byte[] content) {
        return digest().digest(content);
    }
}
