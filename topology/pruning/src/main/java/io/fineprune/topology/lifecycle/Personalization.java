package io.fineprune.topology.lifecycle;

import io.fineprune.schemas.v1.AccuracyEstimate;
import io.fineprune.schemas.v1.UpdateKind;
import io.fineprune.topology.pruning.Mask;
import io.fineprune.topology.pruning.PruningPlan;
import io.fineprune.topology.repair.InputScaling;
import io.fineprune.topology.repair.LayerRepair;
import java.util.Map;
import java.util.Optional;

/** What became of a user's evidence. */
public sealed interface Personalization {
    /** Accuracy of the source model for this user, if it could be estimated. */
    Optional<AccuracyEstimate> source();

    /**
     * An update to publish.
     *
     * @param plan what was removed and how far
     * @param repairs by the layer's index; of a plain mask none
     * @param input what the input goes through first, if anything
     * @param estimate of the updated model
     */
    record Ready(
            PruningPlan plan,
            UpdateKind kind,
            Mask mask,
            Map<Integer, LayerRepair> repairs,
            Optional<InputScaling> input,
            Optional<AccuracyEstimate> estimate,
            Optional<AccuracyEstimate> source)
            implements Personalization {
        public Ready {
            repairs = Map.copyOf(repairs);
        }
    }

    /** No candidate is estimated as good as the model in force. */
    record HeldBack(String reason, Optional<AccuracyEstimate> source) implements Personalization {}

    /** Too few events to repair on or to judge. */
    record NotEnoughData(String reason) implements Personalization {
        @Override
        public Optional<AccuracyEstimate> source() {
            return Optional.empty();
        }
    }
}
