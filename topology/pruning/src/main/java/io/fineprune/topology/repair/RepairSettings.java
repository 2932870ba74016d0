package io.fineprune.topology.repair;

import java.util.List;

/**
 * Which repairs an update carries.
 *
 * @param refit solve each layer again on the nodes that are left
 * @param scalingStrength homeostatic scaling, 0 (off) to 1
 * @param ridge lambda of the refit, relative to the mean diagonal of the Gram matrix; at least 0
 * @param sweepEvents events of the reservoir that a layer-by-layer sweep uses; at least 1
 * @param discriminantHead whether class prototypes take the place of the last layer
 * @param biasCompensation whether a layer that is not solved again gets biases that give its nodes the mean pre-activation which
 *     they have in the whole model
 * @param inputNormalisation whether each band of the input gets the mean and the deviation that it had on the source data;
 *     without moments of the source's bands nothing is done
 * @param classPrior whether the model's own last layer under the user's class prior is considered beside a fitted head
 * @param classes names of the classes that the user can meet, as declared; empty: not declared
 * @param open whether classes that none of the user's events has may still be answered, where none are declared
 * @param seed of everything drawn at random
 */
public record RepairSettings(
        boolean refit,
        double scalingStrength,
        double ridge,
        int sweepEvents,
        boolean discriminantHead,
        boolean biasCompensation,
        boolean inputNormalisation,
        boolean classPrior,
        List<String> classes,
        boolean open,
        long seed) {
    /**
     * The settings that did best in the measurements of the laboratory: full scaling, a ridge of 0.01, a sweep over
     * 128 events and a discriminant head.
     */
    public static final RepairSettings DEFAULT = new RepairSettings(true, 1, 0.01, 128, true, 0);

    /** Without bias compensation and input normalisation, with the class prior. */
    public RepairSettings(
            boolean refit, double scalingStrength, double ridge, int sweepEvents, boolean discriminantHead, long seed) {
        this(refit, scalingStrength, ridge, sweepEvents, discriminantHead, false, false, true, List.of(), true, seed);
    }

    public RepairSettings {
        classes = List.copyOf(classes);
        if (!(scalingStrength >= 0 && scalingStrength <= 1)) {
            throw new IllegalArgumentException("Expected a scaling strength from 0 to 1, but was " + scalingStrength);
        }
        if (!(ridge >= 0 && ridge < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("Expected a ridge of at least 0, but was " + ridge);
        }
        if (sweepEvents < 1) {
            throw new IllegalArgumentException("Expected a sweep of at least 1 event, but was " + sweepEvents);
        }
    }

    /** The same repairs with the refit on or off. */
    public RepairSettings withRefit(boolean value) {
        return with(value, scalingStrength, biasCompensation, inputNormalisation, classPrior);
    }

    /** The same repairs with another strength of the scaling. */
    public RepairSettings withScalingStrength(double strength) {
        return with(refit, strength, biasCompensation, inputNormalisation, classPrior);
    }

    /** The same repairs with the bias compensation on or off. */
    public RepairSettings withBiasCompensation(boolean value) {
        return with(refit, scalingStrength, value, inputNormalisation, classPrior);
    }

    /** The same repairs with the input normalisation on or off. */
    public RepairSettings withInputNormalisation(boolean value) {
        return with(refit, scalingStrength, biasCompensation, value, classPrior);
    }

    /** The same repairs with the class prior on or off. */
    public RepairSettings withClassPrior(boolean value) {
        return with(refit, scalingStrength, biasCompensation, inputNormalisation, value);
    }

    /** The same repairs for a user who can meet these classes. */
    public RepairSettings withClasses(List<String> declared, boolean openToAbsent) {
        return new RepairSettings(
                refit,
                scalingStrength,
                ridge,
                sweepEvents,
                discriminantHead,
                biasCompensation,
                inputNormalisation,
                classPrior,
                declared,
                openToAbsent,
                seed);
    }

    private RepairSettings with(boolean solved, double strength, boolean biases, boolean input, boolean prior) {
        return new RepairSettings(
                solved, strength, ridge, sweepEvents, discriminantHead, biases, input, prior, classes, open, seed);
    }
}
