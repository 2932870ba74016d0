package io.fineprune.agent.keys;

import io.fineprune.agent.config.ConfigurationException;
import io.fineprune.schemas.signature.TrustedKeys;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The public keys in files, read again when a file has changed, so that keys can be changed while devices run. Thread-safe. */
public final class WatchedKeys implements Supplier<TrustedKeys> {
    private static final Logger LOGGER = LoggerFactory.getLogger(WatchedKeys.class);

    private final String option;
    private final List<Path> files;
    private List<String> seen;
    private TrustedKeys keys;

    /**
     * Reads the files.
     *
     * @param option that names them, for messages
     * @param files at least one
     * @throws ConfigurationException if one cannot be read or holds no public key
     */
    public WatchedKeys(String option, List<Path> files) throws ConfigurationException {
        this.option = option;
        this.files = List.copyOf(files);
        this.seen = stamps();
        this.keys = read();
    }

    /** The keys as they are now; those from before while a file is damaged. */
    @Override
    public synchronized TrustedKeys get() {
        List<String> now = stamps();
        if (!now.equals(seen)) {
            seen = now;
            try {
                keys = read();
                LOGGER.info("Trusts the keys {} from now on", keys.ids());
            } catch (ConfigurationException e) {
                LOGGER.warn("Goes on trusting the keys {}: {}", keys.ids(), e.getMessage());
            }
        }
        return keys;
    }

    private TrustedKeys read() throws ConfigurationException {
        TrustedKeys all = TrustedKeys.of();
        for (Path file : files) {
            all = all.and(KeyFiles.trusted(option, file.toString()));
        }
        return all;
    }

    private List<String> stamps() {
        List<String> stamps = new ArrayList<>();
        for (Path file : files) {
            try {
                BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
                stamps.add(attributes.lastModifiedTime() + " " + attributes.size() + " " + attributes.fileKey());
            } catch (IOException e) {
                stamps.add("");
            }
        }
        return stamps;
    }
}
