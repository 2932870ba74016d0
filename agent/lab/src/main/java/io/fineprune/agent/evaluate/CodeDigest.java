package io.fineprune.agent.evaluate;

import io.fineprune.agent.preprocessing.Preprocessors;
import io.fineprune.agent.tensorflow.TensorFlowModel;
import io.fineprune.schemas.signature.Sha256;
import io.fineprune.topology.lifecycle.Personalizer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.jspecify.annotations.Nullable;

/**
 * Tells versions of the code apart by which a result or a measurement was made: the classes that the running program was started
 * with, in a jar or a folder.
 */
final class CodeDigest {
    private static final List<String> MEASURING = List.of(
            "io/fineprune/topology/repair/", "io/fineprune/agent/tensorflow/", "io/fineprune/agent/preprocessing/");
    private static final List<String> METHODS = List.of(
            "io/fineprune/topology/",
            "io/fineprune/agent/evaluate/",
            "io/fineprune/agent/tensorflow/",
            "io/fineprune/agent/preprocessing/");

    private static @Nullable String methods;

    private CodeDigest() {}

    /** Returns the digest of all code that an adapted model depends on. */
    static synchronized String ofMethods() {
        String known = methods;
        if (known == null) {
            known = of(METHODS);
            methods = known;
        }
        return known;
    }

    /** Returns the digest of all code that the moments of a model's nodes depend on. */
    static String ofMeasuring() {
        return of(MEASURING);
    }

    private static String of(List<String> packages) {
        Map<String, Long> checksums = new TreeMap<>();
        for (Class<?> one : List.of(CodeDigest.class, TensorFlowModel.class, Preprocessors.class, Personalizer.class)) {
            CodeSource source = one.getProtectionDomain().getCodeSource();
            if (source != null) {
                try {
                    add(Path.of(source.getLocation().toURI()), packages, checksums);
                } catch (IOException e) {
                    throw new UncheckedIOException("Cannot read " + source.getLocation(), e);
                } catch (URISyntaxException e) {
                    throw new IllegalStateException("Expected a path, but was " + source.getLocation(), e);
                }
            }
        }
        return HexFormat.of()
                .formatHex(Sha256.of(checksums.toString().getBytes(java.nio.charset.StandardCharsets.UTF_8)))
                .substring(0, 16);
    }

    private static void add(Path place, List<String> packages, Map<String, Long> checksums) throws IOException {
        if (Files.isRegularFile(place)) {
            try (ZipFile jar = new ZipFile(place.toFile())) {
                jar.stream()
                        .filter(entry -> packages.stream().anyMatch(entry.getName()::startsWith))
                        .forEach(entry -> checksums.put(entry.getName(), checksum(entry)));
            }
            return;
        }
        for (String one : packages) {
            Path folder = place.resolve(one);
            if (Files.isDirectory(folder)) {
                try (Stream<Path> files = Files.walk(folder)) {
                    for (Path file : files.filter(Files::isRegularFile).toList()) {
                        CRC32 checksum = new CRC32();
                        checksum.update(Files.readAllBytes(file));
                        checksums.put(place.relativize(file).toString(), checksum.getValue());
                    }
                }
            }
        }
    }

    private static long checksum(ZipEntry entry) {
        return entry.getCrc();
    }
}
