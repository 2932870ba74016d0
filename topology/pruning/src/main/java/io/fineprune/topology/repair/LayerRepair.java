package io.fineprune.topology.repair;

/** What an update does to one layer beyond its mask. */
public sealed interface LayerRepair {
    /** An affine on the pre-activations of the source model's own weights. */
    record Scaled(HomeostaticScaling scaling) implements LayerRepair {}

    /** Other parameters; weights are such as half precision holds. */
    record Solved(LayerParameters parameters) implements LayerRepair {}

    /** The layer's parameters after the repair. */
    static LayerParameters apply(LayerRepair repair, LayerParameters masked) {
        if (repair instanceof Scaled scaled) {
            return masked.scaled(scaled.scaling());
        }
        return ((Solved) repair).parameters();
    }
}
