package io.fineprune.agent.tensorflow.graph;

import java.util.Optional;

/**
 * Names the part of a model file that is imported.
 *
 * @param signature of a SavedModel; absent: serving_default
 * @param input an input's name in the signature, or a tensor of a frozen graph; absent: the only one
 * @param output an output's name in the signature, or a tensor of a frozen graph; absent: the only one
 */
public record ImportOptions(Optional<String> signature, Optional<String> input, Optional<String> output) {
    public static final ImportOptions DEFAULT = new ImportOptions(Optional.empty(), Optional.empty(), Optional.empty());
}
