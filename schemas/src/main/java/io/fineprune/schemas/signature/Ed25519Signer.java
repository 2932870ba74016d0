package io.fineprune.schemas.signature;

import com.google.protobuf.ByteString;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.interfaces.EdECPrivateKey;
import java.security.spec.NamedParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Optional;

/**
 * Signs with one Ed25519 key (RFC 8032): equal bytes have equal signatures. {@link #toString} shows the key's id,
 * never the key.
 */
public final class Ed25519Signer implements RecordSigner {
    private static final String ALGORITHM = "Ed25519";

    private final KeyPair keys;
    private final ByteString keyId;

    private Ed25519Signer(KeyPair keys) {
        this.keys = keys;
        this.keyId = TrustedKeys.idOf(keys.getPublic());
    }

    /** Creates a signer with a new random key. */
    public static Ed25519Signer generate() {
        try {
            return new Ed25519Signer(KeyPairGenerator.getInstance(ALGORITHM).generateKeyPair());
        } catch (GeneralSecurityException e) {
            throw unavailable(e);
        }
    }

    /**
     * Creates a signer with an existing key.
     *
     * @param pkcs8 the private key in PKCS#8, DER-encoded
     * @throws IllegalArgumentException if it is no Ed25519 private key; the message holds nothing of it
     */
    @SuppressWarnings("InsecureCryptoUsage")
    public static Ed25519Signer of(byte[] pkcs8) {
        try {
            EdECPrivateKey secret =
                    (EdECPrivateKey) KeyFactory.getInstance(ALGORITHM).generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
            byte[] seed = secret.getBytes().orElseThrow(() -> new GeneralSecurityException("no bytes"));
            // The JDK derives a public key only while it generates a pair, so the generator is fed this private key
            // as its random bytes.
            KeyPairGenerator generator = KeyPairGenerator.getInstance(ALGORITHM);
            generator.initialize(NamedParameterSpec.ED25519, new Drawn(seed));
            Ed25519Signer signer =
                    new Ed25519Signer(new KeyPair(generator.generateKeyPair().getPublic(), secret));
            signer.requirePair();
            return signer;
        } catch (GeneralSecurityException | ClassCastException e) {
            throw new IllegalArgumentException("Expected an Ed25519 private key in PKCS#8, but found none");
        }
    }

    public PublicKey publicKey() {
        return keys.getPublic();
    }

    /**
     * Returns the private key in PKCS#8, DER-encoded. The caller must write it only to a file that nobody else can
     * read.
     */
    public byte[] toPkcs8() {
        return keys.getPrivate().getEncoded();
    }

    @Override
    public Optional<RecordSignature> sign(SignedRecord kind, byte[] key, byte[] value) {
        try {
            Signature signature = Signature.getInstance(ALGORITHM);
            signature.initSign(keys.getPrivate());
            signature.update(kind.content(key, value));
            return Optional.of(new RecordSignature(keyId, ByteString.copyFrom(signature.sign())));
        } catch (GeneralSecurityException e) {
            throw unavailable(e);
        }
    }

    @Override
    public String toString() {
        return "Ed25519 key " + TrustedKeys.text(keyId);
    }

    private void requirePair() throws GeneralSecurityException {
        byte[] nothing = new byte[0];
        Optional<String> problem = TrustedKeys.of(publicKey())
                .problem(SignedRecord.MASK, nothing, nothing, sign(SignedRecord.MASK, nothing, nothing));
        if (problem.isPresent()) {
            throw new GeneralSecurityException("the public key does not fit");
        }
    }

    private static IllegalStateException unavailable(GeneralSecurityException e) {
        return new IllegalStateException("Every Java runtime since 15 has Ed25519, but this one does not", e);
    }

    /** Source of randomness that returns given bytes. */
    private static final class Drawn extends SecureRandom {
        private static final long serialVersionUID = 1L;

        private final byte[] bytes;

        Drawn(byte[] bytes) {
            this.bytes = bytes.clone();
        }

        @Override
        public void nextBytes(byte[] drawn) {
            System.arraycopy(bytes, 0, drawn, 0, drawn.length);
        }
    }
}
