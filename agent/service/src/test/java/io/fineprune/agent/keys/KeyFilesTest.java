package io.fineprune.agent.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fineprune.agent.config.ConfigurationException;
import io.fineprune.schemas.signature.Ed25519Signer;
import io.fineprune.schemas.signature.TrustedKeys;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeyFilesTest {
    @TempDir
    private Path folder;

    @Test
    void shouldWriteAKeyThatNobodyElseReadsAndNeverReplaceIt() throws Exception {
        Ed25519Signer made = KeyFiles.create(folder);
        Path secret = folder.resolve(KeyFiles.PRIVATE);

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(secret)))
                .isEqualTo("rw-------");
        assertThat(KeyFiles.signer("key", secret.toString())).hasToString(made.toString());
        assertThat(KeyFiles.trusted("keys", folder.resolve(KeyFiles.PUBLIC).toString())
                        .ids())
                .isEqualTo(TrustedKeys.of(made.publicKey()).ids());
        String before = Files.readString(secret);
        assertThatThrownBy(() -> KeyFiles.create(folder)).isInstanceOf(FileAlreadyExistsException.class);
        assertThat(secret).hasContent(before);
    }

    @Test
    void shouldSayWhatIsWrongWithAFileAndNothingOfTheKey() throws Exception {
        KeyFiles.create(folder);
        Path file = folder.resolve("damaged.pem");
        String pem = Files.readString(folder.resolve(KeyFiles.PRIVATE));
        String inside = pem.lines().skip(1).findFirst().orElseThrow();
        byte[] cut = java.util.Arrays.copyOf(Base64.getMimeDecoder().decode(inside), 40);
        Files.writeString(file, pem.replace(inside, Base64.getEncoder().encodeToString(cut)));

        assertThatThrownBy(() -> KeyFiles.signer("masks.signing.key.file", file.toString()))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("masks.signing.key.file: expected " + file + " to be an Ed25519 private key")
                .message()
                .doesNotContain(inside.substring(24));
        assertThatThrownBy(() ->
                        KeyFiles.signer("key", folder.resolve(KeyFiles.PUBLIC).toString()))
                .hasMessageContaining("a PEM block PRIVATE KEY, but it has none");
        assertThatThrownBy(
                        () -> KeyFiles.trusted("keys", folder.resolve("nowhere").toString()))
                .hasMessageContaining("cannot be read");
    }

    @Test
    void shouldFollowAChangedFileAndKeepTheOldKeysWhileItIsDamaged() throws Exception {
        Ed25519Signer first = Ed25519Signer.generate();
        Ed25519Signer second = Ed25519Signer.generate();
        Path file = folder.resolve("trusted.pem");
        Files.writeString(file, KeyFiles.publicPem(first.publicKey()));
        WatchedKeys keys = new WatchedKeys("--trusted-keys", List.of(file));
        assertThat(keys.get().ids()).isEqualTo(TrustedKeys.of(first.publicKey()).ids());

        Files.writeString(file, KeyFiles.publicPem(first.publicKey()) + KeyFiles.publicPem(second.publicKey()));
        assertThat(keys.get().ids())
                .isEqualTo(TrustedKeys.of(first.publicKey(), second.publicKey()).ids());
        Files.writeString(file, "damaged");
        assertThat(keys.get().ids()).hasSize(2);
        Files.writeString(file, KeyFiles.publicPem(second.publicKey()));
        assertThat(keys.get().ids())
                .isEqualTo(TrustedKeys.of(second.publicKey()).ids());
    }
}
