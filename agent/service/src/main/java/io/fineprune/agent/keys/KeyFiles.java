package io.fineprune.agent.keys;

import io.fineprune.agent.config.ConfigurationException;
import io.fineprune.schemas.signature.Ed25519Signer;
import io.fineprune.schemas.signature.TrustedKeys;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.PublicKey;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Ed25519 keys in PEM files, as {@code openssl genpkey -algorithm ed25519} writes them too. No message holds anything of a private key. */
public final class KeyFiles {
    /** The file that signs; nobody else may read it. */
    public static final String PRIVATE = "signing-key.pem";

    /** The file that devices and agents trust. */
    public static final String PUBLIC = "trusted-key.pem";

    private static final long MAX_BYTES = 64 * 1024;
    private static final Pattern PRIVATE_PEM =
            Pattern.compile("-----BEGIN PRIVATE KEY-----([A-Za-z0-9+/=\\s]{1,1024})-----END PRIVATE KEY-----");

    private KeyFiles() {}

    /**
     * Makes a new key in a folder.
     *
     * @return the signer
     * @throws IOException if one of the files is there already, or cannot be written
     */
    public static Ed25519Signer create(Path folder) throws IOException {
        Files.createDirectories(folder);
        Ed25519Signer signer = Ed25519Signer.generate();
        write(folder.resolve(PRIVATE), pem("PRIVATE KEY", signer.toPkcs8()), "rw-------");
        write(folder.resolve(PUBLIC), publicPem(signer.publicKey()), "rw-r--r--");
        return signer;
    }

    /**
     * The signer in a file.
     *
     * @param setting its name, for the message
     * @throws ConfigurationException if it cannot be read, or holds no Ed25519 private key
     */
    public static Ed25519Signer signer(String setting, String file) throws ConfigurationException {
        Matcher matcher = PRIVATE_PEM.matcher(text(setting, file));
        try {
            if (matcher.find()) {
                return Ed25519Signer.of(Base64.getMimeDecoder().decode(matcher.group(1)));
            }
        } catch (IllegalArgumentException e) {
            throw problem(setting, file, "an Ed25519 private key (PKCS#8, PEM), but it holds none");
        }
        throw problem(setting, file, "a PEM block PRIVATE KEY, but it has none; fineprune keys create makes one");
    }

    /**
     * The public keys in a file.
     *
     * @param setting its name, for the message
     * @throws ConfigurationException if it cannot be read, or holds anything but Ed25519 public keys
     */
    public static TrustedKeys trusted(String setting, String file) throws ConfigurationException {
        try {
            return TrustedKeys.parse(text(setting, file));
        } catch (IllegalArgumentException e) {
            throw problem(setting, file, "public keys in PEM, but: " + e.getMessage());
        }
    }

    /** A public key as it stands in a file. */
    public static String publicPem(PublicKey key) {
        return pem("PUBLIC KEY", key.getEncoded());
    }

    private static String pem(String label, byte[] der) {
        String lines = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
        return "-----BEGIN %s-----\n%s\n-----END %s-----\n".formatted(label, lines, label);
    }

    private static void write(Path file, String text, String permissions) throws IOException {
        FileAttribute<?>[] attributes =
                FileSystems.getDefault().supportedFileAttributeViews().contains("posix")
                        ? new FileAttribute<?>[] {
                            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
                        }
                        : new FileAttribute<?>[0];
        try (ByteChannel channel = Files.newByteChannel(
                file, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), attributes)) {
            ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
        }
    }

    private static String text(String setting, String file) throws ConfigurationException {
        try {
            Path path = Path.of(file);
            if (Files.size(path) > MAX_BYTES) {
                throw problem(setting, file, "at most %d bytes".formatted(MAX_BYTES));
            }
            return Files.readString(path, StandardCharsets.ISO_8859_1);
        } catch (IOException | InvalidPathException e) {
            throw problem(
                    setting,
                    file,
                    "a file, but it cannot be read (%s)".formatted(e.getClass().getSimpleName()));
        }
    }

    private static ConfigurationException problem(String setting, String file, String expected) {
        return new ConfigurationException(List.of("%s: expected %s to be %s".formatted(setting, file, expected)));
    }
}
