package io.fineprune.schemas.signature;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import java.security.KeyPairGenerator;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.Test;

class SignatureTest {
    private static final byte[] KEY = "user".getBytes(UTF_8);
    private static final byte[] VALUE = "mask".getBytes(UTF_8);

    private final Ed25519Signer signer = Ed25519Signer.generate();
    private final TrustedKeys trusted = TrustedKeys.of(signer.publicKey());

    @Test
    void shouldDeriveThePublicKeyOfRfc8032() {
        byte[] pkcs8 = HexFormat.of()
                .parseHex("302e020100300506032b657004220420"
                        + "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60");

        byte[] publicKey = Ed25519Signer.of(pkcs8).publicKey().getEncoded();

        assertThat(HexFormat.of().formatHex(Arrays.copyOfRange(publicKey, publicKey.length - 32, publicKey.length)))
                .isEqualTo("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a");
    }

    @Test
    void shouldTrustTheVeryBytesThatWereSignedAndNoOthers() {
        Optional<RecordSignature> signature = signer.sign(SignedRecord.MASK, KEY, VALUE);

        assertThat(trusted.problem(SignedRecord.MASK, KEY, VALUE, signature)).isEmpty();
        assertThat(trusted.problem(SignedRecord.COMMAND, KEY, VALUE, signature))
                .get()
                .asString()
                .contains("over others");
        assertThat(trusted.problem(SignedRecord.MASK, "userm".getBytes(UTF_8), "ask".getBytes(UTF_8), signature))
                .get()
                .asString()
                .contains("over others");
        for (int bit = 0; bit < VALUE.length * 8; bit++) {
            byte[] changed = VALUE.clone();
            changed[bit / 8] ^= (byte) (1 << bit % 8);
            assertThat(trusted.problem(SignedRecord.MASK, KEY, changed, signature))
                    .isPresent();
        }
        assertThat(trusted.problem(SignedRecord.MASK, KEY, VALUE, Optional.empty()))
                .get()
                .asString()
                .contains("there is none");
        assertThat(trusted.problem(
                        SignedRecord.MASK, KEY, VALUE, Ed25519Signer.generate().sign(SignedRecord.MASK, KEY, VALUE)))
                .get()
                .asString()
                .contains("Expected a signature of one of the keys " + trusted.ids());
        assertThat(trusted.problem(
                        SignedRecord.MASK,
                        KEY,
                        VALUE,
                        signature.map(sound ->
                                new RecordSignature(sound.keyId(), ByteString.copyFrom(repeated((byte) 0xff, 64))))))
                .isPresent();
    }

    @Test
    void shouldSignEqualBytesEqually() {
        assertThat(signer.sign(SignedRecord.MASK, KEY, VALUE)).isEqualTo(signer.sign(SignedRecord.MASK, KEY, VALUE));
        assertThat(Ed25519Signer.of(signer.toPkcs8()).sign(SignedRecord.MASK, KEY, VALUE))
                .isEqualTo(signer.sign(SignedRecord.MASK, KEY, VALUE));
    }

    @Test
    void shouldTravelInHeaders() {
        Headers headers = new RecordHeaders();
        RecordSignature signature = signer.sign(SignedRecord.MASK, KEY, VALUE).orElseThrow();
        signature.addTo(headers);

        assertThat(RecordSignature.of(headers)).contains(signature);
        headers.add(RecordSignature.SIGNATURE_HEADER, new byte[63]);
        assertThat(RecordSignature.of(headers)).isEmpty();
        assertThat(RecordSignature.of(new RecordHeaders())).isEmpty();
    }

    @Test
    void shouldReadSeveralKeysAndRefuseOthersThanEd25519() throws Exception {
        Ed25519Signer next = Ed25519Signer.generate();
        TrustedKeys both = TrustedKeys.parse(
                pem(signer.publicKey().getEncoded()) + pem(next.publicKey().getEncoded()));

        assertThat(both.ids()).hasSize(2);
        assertThat(both.problem(SignedRecord.MASK, KEY, VALUE, next.sign(SignedRecord.MASK, KEY, VALUE)))
                .isEmpty();
        assertThat(both.problem(SignedRecord.MASK, KEY, VALUE, signer.sign(SignedRecord.MASK, KEY, VALUE)))
                .isEmpty();
        byte[] rsa = KeyPairGenerator.getInstance("RSA")
                .generateKeyPair()
                .getPublic()
                .getEncoded();
        assertThatThrownBy(() -> TrustedKeys.parse(pem(rsa))).hasMessageContaining("Expected Ed25519 public keys");
        assertThatThrownBy(() -> TrustedKeys.parse("nothing")).hasMessageContaining("found none");
        assertThatThrownBy(() -> Ed25519Signer.of(new byte[48]))
                .hasMessage("Expected an Ed25519 private key in PKCS#8, but found none");
    }

    @Test
    void shouldNotShowThePrivateKey() {
        String secret = HexFormat.of().formatHex(signer.toPkcs8()).substring(32);

        assertThat(signer.toString()).hasSize("Ed25519 key ".length() + 16).doesNotContain(secret);
    }

    private static byte[] repeated(byte value, int times) {
        byte[] bytes = new byte[times];
        Arrays.fill(bytes, value);
        return bytes;
    }

    private static String pem(byte[] der) {
        return "-----BEGIN PUBLIC KEY-----\n" + Base64.getEncoder().encodeToString(der)
                + "\n-----END PUBLIC KEY-----\n";
    }
}
