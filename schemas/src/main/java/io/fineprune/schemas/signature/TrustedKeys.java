package io.fineprune.schemas.signature;

import com.google.protobuf.ByteString;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Public keys whose signatures are accepted. While a key is rotated, both the old and the new one are trusted.
 * Immutable.
 */
public final class TrustedKeys {
    /** Most keys in a file; a rotation needs two. */
    public static final int MAX_KEYS = 64;

    private static final Pattern PEM =
            Pattern.compile("-----BEGIN PUBLIC KEY-----([A-Za-z0-9+/=\\s]{1,512})-----END PUBLIC KEY-----");

    private final Map<ByteString, PublicKey> keys;

    private TrustedKeys(Map<ByteString, PublicKey> keys) {
        this.keys = Map.copyOf(keys);
    }

    /** Trusts these keys. */
    public static TrustedKeys of(PublicKey... trusted) {
        Map<ByteString, PublicKey> keys = new LinkedHashMap<>();
        for (PublicKey key : trusted) {
            keys.put(idOf(key), key);
        }
        return new TrustedKeys(keys);
    }

    /**
     * Parses the keys of a PEM text, one or several.
     *
     * @throws IllegalArgumentException if there is none, or one is no Ed25519 public key
     */
    public static TrustedKeys parse(String pem) {
        List<PublicKey> keys = new ArrayList<>();
        Matcher matcher = PEM.matcher(pem);
        while (matcher.find()) {
            if (keys.size() == MAX_KEYS) {
                throw new IllegalArgumentException(
                        "Expected at most %d public keys, but there are more".formatted(MAX_KEYS));
            }
            try {
                byte[] der = Base64.getMimeDecoder().decode(matcher.group(1));
                keys.add(KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(der)));
            } catch (GeneralSecurityException | IllegalArgumentException e) {
                throw new IllegalArgumentException(
                        "Expected Ed25519 public keys, but number %d is none".formatted(keys.size() + 1), e);
            }
        }
        if (keys.isEmpty()) {
            throw new IllegalArgumentException("Expected at least one PEM block PUBLIC KEY, but found none");
        }
        return of(keys.toArray(PublicKey[]::new));
    }

    /** The union of two sets of keys. */
    public TrustedKeys and(TrustedKeys others) {
        Map<ByteString, PublicKey> both = new LinkedHashMap<>(keys);
        both.putAll(others.keys);
        return new TrustedKeys(both);
    }

    /** Returns the ids of the keys, sorted. */
    public List<String> ids() {
        return List.copyOf(
                new TreeSet<>(keys.keySet().stream().map(TrustedKeys::text).toList()));
    }

    /** Reason why a record is not trusted; empty if one of the keys signed exactly these bytes. */
    public Optional<String> problem(SignedRecord kind, byte[] key, byte[] value, Optional<RecordSignature> signature) {
        if (signature.isEmpty()) {
            return Optional.of("Expected a signature of one of the keys %s, but there is none".formatted(ids()));
        }
        PublicKey signer = keys.get(signature.get().keyId());
        if (signer == null) {
            return Optional.of("Expected a signature of one of the keys %s, but it is of key %s"
                    .formatted(ids(), text(signature.get().keyId())));
        }
        return verifies(signer, kind.content(key, value), signature.get())
                ? Optional.empty()
                : Optional.of("Expected a signature of key %s over these bytes, but it is over others"
                        .formatted(text(signature.get().keyId())));
    }

    /** Returns the id of a public key, in hexadecimal digits. */
    public static String id(PublicKey key) {
        return text(idOf(key));
    }

    static ByteString idOf(PublicKey key) {
        return ByteString.copyFrom(Sha256.of(key.getEncoded()), 0, RecordSignature.KEY_ID_BYTES);
    }

    static String text(ByteString keyId) {
        return HexFormat.of().formatHex(keyId.toByteArray());
    }

    private static boolean verifies(PublicKey signer, byte[] content, RecordSignature signature) {
        try {
            Signature check = Signature.getInstance("Ed25519");
            check.initVerify(signer);
            check.update(content);
            return check.verify(signature.signature().toByteArray());
        } catch (GeneralSecurityException e) {
            return false; // the bytes are no valid point or scalar, so no key can have signed them
        }
    }
}
