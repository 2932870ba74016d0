package io.fineprune.agent.evaluate;

import io.fineprune.agent.preprocessing.Preprocessor;
import io.fineprune.agent.recordings.Recording;
import io.fineprune.agent.source.Payloads;
import io.fineprune.topology.activation.UnusableEventException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/** Decodes recordings. */
final class Examples {
    private static final int PROBLEMS_SHOWN = 10;

    private Examples() {}

    /**
     * Decodes all, in their order.
     *
     * @param labels the model's classes
     * @throws EvaluationException naming the recordings that cannot be used, and labels that the model does not know
     */
    static List<Example> of(List<Recording> recordings, Preprocessor preprocessor, List<String> labels) {
        List<Example> examples = new ArrayList<>();
        List<String> problems = new ArrayList<>();
        for (Recording recording : recordings) {
            int label = labels.indexOf(recording.label());
            if (label < 0) {
                problems.add("%s: expected one of the model's labels %s, but was \"%s\""
                        .formatted(recording.id(), labels, recording.label()));
                continue;
            }
            try {
                examples.add(new Example(preprocessor.prepare(Payloads.of(recording)), label));
            } catch (IOException | UnusableEventException e) {
                problems.add(recording.id() + ": " + e.getMessage());
            }
        }
        if (!problems.isEmpty()) {
            List<String> shown = problems.subList(0, Math.min(PROBLEMS_SHOWN, problems.size()));
            throw new EvaluationException("%d of %d recordings cannot be used:%n  %s"
                    .formatted(problems.size(), recordings.size(), String.join("\n  ", shown)));
        }
        return examples;
    }

    /** A digest of names, users, labels and order: lists that differ have another. */
    static String digest(List<Recording> recordings) {
        StringBuilder described = new StringBuilder();
        for (Recording recording : recordings) {
            described
                    .append(recording.user())
                    .append('\t')
                    .append(recording.id())
                    .append('\t')
                    .append(recording.label())
                    .append('\n');
        }
        return sha256(described.toString());
    }

    /** SHA-256 of a text in UTF-8, lower-case hexadecimal. */
    static String sha256(String text) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Expected this Java to have SHA-256", e);
        }
    }
}
