package io.fineprune.agent.model;

import io.fineprune.agent.preprocessing.PreprocessingSpec;
import java.nio.file.Path;

/** Reads how a model's input is made from a file of its own. */
public final class PreprocessingFile {
    private PreprocessingFile() {}

    /**
     * Reads a YAML file that holds what the section {@code preprocessing} of a model.yaml holds, or a model.yaml, of which it
     * takes that section.
     *
     * @throws ModelDescriptionException naming what is wrong
     */
    public static PreprocessingSpec read(Path file) {
        return DescriptorFile.readPreprocessing(file);
    }
}
