package io.fineprune.agent.model;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import io.fineprune.agent.preprocessing.PreprocessingSpec;
import io.fineprune.topology.labelling.Vocabulary;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What {@code model.yaml} says about a model. Immutable.
 *
 * @param id the id that events name; 1 to 64 bytes
 * @param preprocessing how an event becomes the model's input
 * @param labels one per class in the order of the output; 2 to 65536, each 1 to 128 bytes, all different
 * @param graph file of a frozen graph in the directory; absent: the directory holds a SavedModel
 * @param signature of the SavedModel; absent: serving_default
 * @param input name in the signature, or tensor of a frozen graph; absent: the only one
 * @param output name in the signature, or tensor of a frozen graph; absent: the only one
 * @param classes names of those that users can meet; none: they can meet all
 */
@JsonPropertyOrder({"id", "preprocessing", "graph", "signature", "input", "output", "classes", "labels"})
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record ModelDescriptor(
        String id,
        PreprocessingSpec preprocessing,
        List<String> labels,
        Optional<String> graph,
        Optional<String> signature,
        Optional<String> input,
        Optional<String> output,
        List<String> classes) {
    private static final int MAX_ID_BYTES = 64;
    private static final int MAX_LABEL_BYTES = 128;
    private static final int MAX_LABELS = 65536;

    public ModelDescriptor {
        labels = List.copyOf(labels);
        classes = List.copyOf(classes);
        List<String> problems = problems(id, labels);
        Vocabulary.problem(labels, classes).ifPresent(problem -> problems.add("classes: " + problem));
        if (!problems.isEmpty()) {
            throw new IllegalArgumentException(String.join("; ", problems));
        }
    }

    /** Describes a SavedModel with one input and one output, whose names need not be given. */
    public static ModelDescriptor of(String id, PreprocessingSpec preprocessing, List<String> labels) {
        return new ModelDescriptor(
                id,
                preprocessing,
                labels,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                List.of());
    }

    static List<String> problems(String id, List<String> labels) {
        List<String> problems = new ArrayList<>();
        if (outside(id, MAX_ID_BYTES)) {
            problems.add("id: expected 1 to %d bytes, found %d".formatted(MAX_ID_BYTES, bytes(id)));
        }
        if (labels.size() < 2 || labels.size() > MAX_LABELS) {
            problems.add("labels: expected 2 to %d, found %d".formatted(MAX_LABELS, labels.size()));
        }
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < labels.size(); i++) {
            String label = labels.get(i);
            if (outside(label, MAX_LABEL_BYTES)) {
                problems.add(
                        "labels[%d]: expected 1 to %d bytes, found %d".formatted(i, MAX_LABEL_BYTES, bytes(label)));
            } else if (!seen.add(label)) {
                problems.add("labels[%d]: expected different labels, found \"%s\" again".formatted(i, label));
            }
        }
        return problems.size() > 20 ? problems.subList(0, 20) : problems;
    }

    private static boolean outside(String text, int limit) {
        return text.isEmpty() || bytes(text) > limit;
    }

    private static int bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }
}
