package io.fineprune.topology.lifecycle;

import io.fineprune.schemas.v1.AccuracyEstimate;
import io.fineprune.schemas.v1.GainEstimate;
import io.fineprune.schemas.v1.UpdateKind;
import io.fineprune.topology.pruning.Mask;
import io.fineprune.topology.pruning.PruningPlan;
import io.fineprune.topology.repair.InputScaling;
import io.fineprune.topology.repair.LayerRepair;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The result of making a user's update from the sums and the reservoir. */
public sealed interface Personalization {
    /** Accuracy of the source model for this user, if it could be estimated. */
    Optional<AccuracyEstimate> source();

    /** Why an update is published. */
    enum Grounds {
        /** It is probably no worse than the source model, and expected to be better. */
        GAIN,
        /** It answers as the source model does on all but a bounded share of the user's events, for fewer operations. */
        BOUND,
        /** It is the source model without the classes that the user cannot meet, as declared. */
        DECLARED,
        /** The plan has no gate, so the update was not judged. */
        UNJUDGED
    }

    /**
     * An update to publish.
     *
     * @param plan plan with the sparsity that was applied
     * @param repairs repairs by the layer's index; empty for a plain mask
     * @param input normalisation of the model's input, if any
     * @param estimate estimated accuracy of the updated model
     * @param probability that the candidate which promised most is no worse than the source model, if that was judged
     * @param met classes of the model that the events were found to hold, ascending; empty if that is not known, or if classes
     *     are declared
     */
    record Ready(
            PruningPlan plan,
            UpdateKind kind,
            Mask mask,
            Map<Integer, LayerRepair> repairs,
            Optional<InputScaling> input,
            Optional<AccuracyEstimate> estimate,
            Optional<AccuracyEstimate> source,
            Grounds grounds,
            Optional<Double> probability,
            List<Integer> met)
            implements Personalization {
        public Ready {
            repairs = Map.copyOf(repairs);
            met = List.copyOf(met);
        }
    }

    /**
     * No candidate is estimated as good as the model in force.
     *
     * @param best accuracy of the candidate that promised most
     * @param gain of it on the source model
     * @param met as in {@link Ready}
     */
    record HeldBack(
            Why why, Optional<AccuracyEstimate> source, AccuracyEstimate best, GainEstimate gain, List<Integer> met)
            implements Personalization {}

    /**
     * Too few events to repair on or to judge.
     *
     * @param moreMayDo whether further events of the user can change that
     */
    record NotEnoughData(Why why, boolean moreMayDo) implements Personalization {
        @Override
        public Optional<AccuracyEstimate> source() {
            return Optional.empty();
        }
    }
}
