package io.fineprune.topology.lifecycle;

import io.fineprune.schemas.v1.Granularity;
import io.fineprune.schemas.v1.UpdateKind;
import io.fineprune.topology.pruning.PruningPlan;
import io.fineprune.topology.repair.RepairSettings;

/**
 * How a user's update is made.
 *
 * @param pruning what to remove and how far; with a gate at most as far
 * @param kind whether the weights that are left are solved again; where single weights are removed they never are, since what is
 *     solved is whole
 * @param repaired whether the pruned model is repaired on the reservoir; false is the paper's Algorithm 1
 * @param gated whether an update estimated worse than the model in force is held back
 * @param repairs strength, ridge, sweep and seed of the repairs
 */
public record PersonalizationPlan(
        PruningPlan pruning, UpdateKind kind, boolean repaired, boolean gated, RepairSettings repairs) {
    public PersonalizationPlan {
        if (kind == UpdateKind.UPDATE_KIND_UNSPECIFIED || kind == UpdateKind.UNRECOGNIZED) {
            throw new IllegalArgumentException("Expected a kind of update, but was " + kind);
        }
        if (pruning.granularity() != Granularity.GRANULARITY_NODE) {
            kind = UpdateKind.UPDATE_KIND_MASK;
        }
    }

    /** The same with another plan of what to remove. */
    PersonalizationPlan withPruning(PruningPlan other) {
        return new PersonalizationPlan(other, kind, repaired, gated, repairs);
    }

    /** The repairs that this kind carries. */
    RepairSettings effectiveRepairs() {
        return repairs.withRefit(kind == UpdateKind.UPDATE_KIND_REFIT);
    }
}
