package io.fineprune.topology.repair;

/** The change of one layer's parameters that an update carries beside its mask. */
public sealed interface LayerRepair {
    /** An affine on the pre-activations of the source model's own weights. */
    record Scaled(HomeostaticScaling scaling) implements LayerRepair {}

    /** New parameters; every weight is exactly representable in half precision. */
    record Solved(LayerParameters parameters) implements LayerRepair {}

    /** The layer's parameters after the repair. */
    static LayerParameters apply(LayerRepair repair, LayerParameters masked) {
        if (repair instanceof Scaled scaled) {
            return masked.scaled(scaled.scaling());
        }
        return ((Solved) repair).parameters();
    }
}
