package io.fineprune.agent.export;

import io.fineprune.agent.model.ModelDescriptor;
import io.fineprune.agent.model.ModelDirectory;
import io.fineprune.agent.tensorflow.TensorFlowModel;
import io.fineprune.agent.tensorflow.compact.Compactor;
import io.fineprune.agent.tensorflow.compact.MaskedGraph;
import io.fineprune.agent.tensorflow.graph.FrozenModel;
import io.fineprune.agent.tensorflow.graph.GraphImporter;
import io.fineprune.agent.tensorflow.graph.ImportOptions;
import io.fineprune.agent.tensorflow.graph.ModelVerifier;
import io.fineprune.agent.tensorflow.graph.SavedModelWriter;
import io.fineprune.agent.update.MaskVerifier;
import io.fineprune.agent.update.Verdict;
import io.fineprune.schemas.v1.MaskUpdate;
import io.fineprune.topology.activation.Architecture;
import io.fineprune.topology.pruning.Mask;
import io.fineprune.topology.pruning.SparsityReport;
import io.fineprune.topology.repair.ModelUpdate;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Applies an update to its source model and writes the smaller model as a SavedModel of constants with the signature
 * serving_default, which TensorFlow in any language loads.
 *
 * @param directory the model directory that was written
 * @param report how much was removed
 * @param difference largest difference, on random input, between the written model in TensorFlow's own loader and the source
 *     model under the mask
 */
public record CompactExport(ModelDirectory directory, SparsityReport report, double difference) {
    /** Largest {@link #difference()} that is accepted. */
    public static final double TOLERANCE = 1e-5;

    private static final long SEED = 11;

    /**
     * Writes the model; files of the same names are replaced.
     *
     * @param id the smaller model's id
     * @throws ExportException if the update is not for this model, damaged, or the result does not compute what it should
     */
    public static CompactExport write(ModelDirectory source, MaskUpdate update, Path out, String id)
            throws ExportException, IOException {
        try (TensorFlowModel model = TensorFlowModel.open(source, 1)) {
            Architecture architecture = model.architecture();
            Verdict verdict = new MaskVerifier(update.getUserId(), architecture).verify(update, 0);
            if (!(verdict instanceof Verdict.Accepted accepted)) {
                throw new ExportException("The mask does not fit model %s: %s"
                        .formatted(
                                source.descriptor().id(),
                                verdict instanceof Verdict.Refused refused ? refused.reason() : verdict));
            }
            Mask mask = accepted.content().mask();
            FrozenModel masked = masked(model, accepted.content());
            FrozenModel compacted = Compactor.compact(masked);
            ModelDescriptor descriptor = ModelDescriptor.of(
                    id, source.descriptor().preprocessing(), source.descriptor().labels());
            ModelDirectory written = SavedModelWriter.write(out, compacted, descriptor);
            return new CompactExport(
                    written, SparsityReport.of(architecture, mask), checked(written, masked, compacted));
        }
    }

    private static FrozenModel masked(TensorFlowModel model, ModelUpdate update) throws ExportException {
        Architecture architecture = model.architecture();
        try {
            return MaskedGraph.of(
                    model.frozen(),
                    model.network(),
                    architecture,
                    update.mask(),
                    update.parameters(architecture, model::parameters),
                    update.input());
        } catch (IllegalArgumentException e) {
            throw new ExportException("The update's repairs do not fit the model: " + e.getMessage(), e);
        }
    }

    /**
     * Loads the written model with TensorFlow and with our own import; returns the largest difference from the masked
     * model.
     */
    private static double checked(ModelDirectory written, FrozenModel masked, FrozenModel compacted)
            throws ExportException, IOException {
        FrozenModel again = GraphImporter.load(written.graph(), ImportOptions.DEFAULT);
        double difference = ModelVerifier.verify(written.graph(), ImportOptions.DEFAULT, masked, SEED);
        if (difference > TOLERANCE || !again.fingerprint().equals(compacted.fingerprint())) {
            Files.delete(written.path().resolve("saved_model.pb"));
            throw new ExportException(
                    "Expected the written model to equal the masked one within %.0e, but it differs by %.3g"
                            .formatted(TOLERANCE, difference));
        }
        return difference;
    }
}
