package io.fineprune.agent.evaluate;

import io.fineprune.agent.preprocessing.Preprocessor;
import io.fineprune.agent.recordings.Recording;
import io.fineprune.agent.source.Payloads;
import io.fineprune.schemas.signature.Sha256;
import io.fineprune.topology.activation.UnusableEventException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.OptionalInt;

/** Decodes recordings. */
final class Examples {
    private Examples() {}

    /**
     * The decoded recordings of a user.
     *
     * @param usable in the order of the recordings
     * @param leftOut of each recording that cannot be used, which and why
     */
    record Decoded(List<Example> usable, List<String> leftOut) {
        Decoded {
            usable = List.copyOf(usable);
            leftOut = List.copyOf(leftOut);
        }
    }

    /**
     * Decodes all, in their order; what cannot be read, or is of no class of the model, is left out.
     *
     * @param noise is added to each
     */
    static Decoded of(List<Recording> recordings, Preprocessor preprocessor, ClassNames classes, Noise noise) {
        List<Example> usable = new ArrayList<>();
        List<String> leftOut = new ArrayList<>();
        for (Recording recording : recordings) {
            OptionalInt label = classes.find(recording.label());
            if (label.isEmpty()) {
                leftOut.add("%s: expected one of the model's labels %s or an index of one, but was \"%s\""
                        .formatted(recording.id(), classes.shown(), recording.label()));
                continue;
            }
            try {
                usable.add(new Example(
                        noise.prepare(Payloads.of(recording), preprocessor, recording.id()), label.getAsInt()));
            } catch (IOException | UnusableEventException e) {
                leftOut.add(recording.id() + ": " + e.getMessage());
            }
        }
        return new Decoded(usable, leftOut);
    }

    /** Computes a digest of names, users, labels and order, so that different lists have different digests. */
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
        return HexFormat.of().formatHex(Sha256.of(text.getBytes(StandardCharsets.UTF_8)));
    }
}
