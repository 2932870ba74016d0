package io.fineprune.schemas.serde;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import io.fineprune.schemas.signature.Sha256;
import io.fineprune.schemas.v1.MaskUpdate;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.security.DigestOutputStream;
import java.security.MessageDigest;

/**
 * SHA-256 of a mask update serialised without its checksum field. Fields that this version does not know are part of it:
 * they keep their place behind those it knows, so that new fields must get higher numbers than old ones.
 */
public final class MaskChecksum {
    /** Bytes of a checksum. */
    public static final int BYTES = Sha256.BYTES;

    /** Bytes of the short form: the first bytes of the SHA-256, for updates that are packed to be small. */
    public static final int SHORT_BYTES = 8;

    private MaskChecksum() {}

    /** Computes the checksum of an update's content; the checksum that it carries is ignored. */
    public static ByteString compute(MaskUpdate update) {
        MessageDigest digest = Sha256.digest();
        CodedOutputStream out =
                CodedOutputStream.newInstance(new DigestOutputStream(OutputStream.nullOutputStream(), digest));
        out.useDeterministicSerialization();
        try {
            update.toBuilder().clearChecksum().build().writeTo(out);
            out.flush();
        } catch (IOException e) {
            throw new UncheckedIOException("Writing to a digest failed", e);
        }
        return ByteString.copyFrom(digest.digest());
    }

    /** Returns the update with its checksum set. */
    public static MaskUpdate seal(MaskUpdate update) {
        return update.toBuilder().setChecksum(compute(update)).build();
    }

    /** Returns the update with the short form of its checksum set. */
    public static MaskUpdate sealShort(MaskUpdate update) {
        return update.toBuilder()
                .setChecksum(compute(update).substring(0, SHORT_BYTES))
                .build();
    }

    /** Tells whether the update carries the checksum of its content, in either form. */
    public static boolean verify(MaskUpdate update) {
        ByteString carried = update.getChecksum();
        return (carried.size() == BYTES || carried.size() == SHORT_BYTES)
                && compute(update).startsWith(carried);
    }
}
