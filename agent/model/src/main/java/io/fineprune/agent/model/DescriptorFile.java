package io.fineprune.agent.model;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import io.fineprune.agent.preprocessing.PreprocessingSpec;
import io.fineprune.topology.labelling.Vocabulary;
import java.io.CharConversionException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads and writes model.yaml; reports all of its problems together. */
final class DescriptorFile {
    private static final long MAX_BYTES = 1 << 22;
    private static final Set<String> KEYS =
            Set.of("id", "preprocessing", "labels", "labelsFile", "graph", "signature", "input", "output", "classes");
    private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory()
                    .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
                    .disable(YAMLGenerator.Feature.USE_NATIVE_TYPE_ID)
                    .enable(YAMLGenerator.Feature.MINIMIZE_QUOTES)
                    .enable(YAMLGenerator.Feature.ALWAYS_QUOTE_NUMBERS_AS_STRINGS))
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES);

    private final Path file;
    private final List<String> problems = new ArrayList<>();

    private DescriptorFile(Path file) {
        this.file = file;
    }

    static ModelDescriptor read(Path file) {
        return new DescriptorFile(file).read();
    }

    /** Reads the section {@code preprocessing}, or the whole file if it has a type. */
    static PreprocessingSpec readPreprocessing(Path path) {
        DescriptorFile file = new DescriptorFile(path);
        JsonNode root = file.tree();
        JsonNode section = root.has("type") ? root : root.get("preprocessing");
        return file.preprocessing(section)
                .orElseThrow(() -> new ModelDescriptionException("Expected a sound preprocessing in %s, found:\n  %s"
                        .formatted(path, String.join("\n  ", file.problems))));
    }

    static void write(Path file, ModelDescriptor descriptor) throws IOException {
        ObjectNode root = YAML.createObjectNode();
        root.put("id", descriptor.id());
        root.set(
                "preprocessing",
                YAML.readTree(YAML.writerFor(PreprocessingSpec.class).writeValueAsString(descriptor.preprocessing())));
        descriptor.graph().ifPresent(value -> root.put("graph", value));
        descriptor.signature().ifPresent(value -> root.put("signature", value));
        descriptor.input().ifPresent(value -> root.put("input", value));
        descriptor.output().ifPresent(value -> root.put("output", value));
        if (!descriptor.classes().isEmpty()) {
            descriptor.classes().forEach(root.putArray("classes")::add);
        }
        descriptor.labels().forEach(root.putArray("labels")::add);
        YAML.writeValue(file.toFile(), root);
    }

    private ModelDescriptor read() {
        JsonNode root = tree();
        Iterator<String> keys = root.fieldNames();
        while (keys.hasNext()) {
            String key = keys.next();
            if (!KEYS.contains(key)) {
                problems.add("%s: expected one of %s"
                        .formatted(key, KEYS.stream().sorted().toList()));
            }
        }
        String id = text(root, "id").orElse("");
        List<String> labels = labels(root);
        problems.addAll(ModelDescriptor.problems(id, labels));
        Optional<PreprocessingSpec> preprocessing = preprocessing(root.get("preprocessing"));
        List<String> classes = new ArrayList<>();
        if (root.has("classes")) {
            root.get("classes").forEach(name -> classes.add(name.asText()));
        }
        Vocabulary.problem(labels, classes).ifPresent(problem -> problems.add("classes: " + problem));
        Optional<String> graph = text(root, "graph");
        graph.filter(name -> sibling(name).isEmpty())
                .ifPresent(name -> problems.add("graph: expected a file beside %s, found no %s".formatted(file, name)));
        if (!problems.isEmpty() || preprocessing.isEmpty()) {
            throw new ModelDescriptionException(
                    "Expected a sound description in %s, found:\n  %s".formatted(file, String.join("\n  ", problems)));
        }
        return new ModelDescriptor(
                id,
                preprocessing.get(),
                labels,
                graph,
                text(root, "signature"),
                text(root, "input"),
                text(root, "output"),
                classes);
    }

    private JsonNode tree() {
        try {
            if (Files.size(file) > MAX_BYTES) {
                throw new ModelDescriptionException(
                        "Expected at most %d bytes in %s, found %d".formatted(MAX_BYTES, file, Files.size(file)));
            }
            JsonNode root = YAML.readTree(file.toFile());
            if (root == null || !root.isObject()) {
                throw new ModelDescriptionException("Expected key: value lines in " + file + ", found none");
            }
            return root;
        } catch (JsonProcessingException | CharConversionException e) {
            throw new ModelDescriptionException("Expected YAML in %s, found: %s".formatted(file, e.getMessage()), e);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read " + file, e);
        }
    }

    private Optional<PreprocessingSpec> preprocessing(@Nullable JsonNode node) {
        if (node == null || node.isNull()) {
            problems.add("preprocessing: expected a type of audio, image, features or encoded, found nothing");
            return Optional.empty();
        }
        try {
            return Optional.of(YAML.treeToValue(node, PreprocessingSpec.class));
        } catch (JsonProcessingException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            problems.add("preprocessing: "
                    + (cause instanceof JsonProcessingException json ? json.getOriginalMessage() : cause.getMessage()));
            return Optional.empty();
        }
    }

    private List<String> labels(JsonNode root) {
        List<String> labels = new ArrayList<>();
        if (root.has("labels")) {
            root.get("labels").forEach(label -> labels.add(label.asText()));
        }
        text(root, "labelsFile").ifPresent(name -> {
            try {
                Optional<Path> list = sibling(name);
                if (list.isEmpty()) {
                    problems.add("labelsFile: expected a file beside %s, found no %s".formatted(file, name));
                } else if (Files.size(list.get()) > MAX_BYTES) {
                    problems.add("labelsFile: expected at most %d bytes in %s".formatted(MAX_BYTES, name));
                } else {
                    Files.readAllLines(list.get()).stream()
                            .map(String::strip)
                            .filter(line -> !line.isEmpty())
                            .forEach(labels::add);
                }
            } catch (CharacterCodingException e) {
                problems.add("labelsFile: expected UTF-8 text in " + name);
            } catch (IOException e) {
                problems.add("labelsFile: expected a readable file beside %s, found no %s".formatted(file, name));
            }
        });
        return labels;
    }

    /** Finds a file of another name in the folder of the description. */
    private Optional<Path> sibling(String name) {
        try {
            return Optional.of(file.resolveSibling(name)).filter(Files::isRegularFile);
        } catch (InvalidPathException e) {
            return Optional.empty();
        }
    }

    private Optional<String> text(JsonNode root, String key) {
        JsonNode node = root.get(key);
        if (node == null || node.isNull()) {
            return Optional.empty();
        }
        if (!node.isValueNode() || node.asText().isBlank()) {
            problems.add(key + ": expected a text, found " + node);
            return Optional.empty();
        }
        return Optional.of(node.asText());
    }
}
