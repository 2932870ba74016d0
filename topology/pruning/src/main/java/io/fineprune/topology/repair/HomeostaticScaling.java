package io.fineprune.topology.repair;

import java.util.Arrays;

/**
 * Synaptic scaling: an affine z' = scale z + shift per node that gives the node, on this user's data, the mean and the
 * deviation that it had on the source data.
 *
 * @param scale [nodes]
 * @param shift [nodes]
 */
public record HomeostaticScaling(float[] scale, float[] shift) {
    private static final double SMALLEST = 0.2;
    private static final double LARGEST = 5;

    /** Returns the identity: scale 1 and shift 0 for every node. */
    public static HomeostaticScaling none(int nodes) {
        float[] scale = new float[nodes];
        Arrays.fill(scale, 1);
        return new HomeostaticScaling(scale, new float[nodes]);
    }

    /** The same with shifts that move each node's mean from what was found behind this scaling to what is wanted. */
    public HomeostaticScaling shifted(NodeMoments wanted, NodeMoments found) {
        float[] moved = shift.clone();
        for (int n = 0; n < moved.length; n++) {
            moved[n] += (float) (wanted.mean()[n] - found.mean()[n]);
        }
        return new HomeostaticScaling(scale, moved);
    }

    /**
     * The scaling from the user's moments towards the source's.
     *
     * @param source moments of the node's pre-activation on the source data
     * @param user the same on the user's data, the layers below already repaired
     * @param strength 0 leaves the node as it is, 1 goes all the way
     */
    public static HomeostaticScaling towards(NodeMoments source, NodeMoments user, double strength) {
        int nodes = source.nodes();
        if (user.nodes() != nodes) {
            throw new IllegalArgumentException(
                    "Expected moments of %d nodes, but was %d".formatted(nodes, user.nodes()));
        }
        float[] scale = new float[nodes];
        float[] shift = new float[nodes];
        for (int n = 0; n < nodes; n++) {
            double ratio = source.deviation()[n] / (user.deviation()[n] + 1e-6);
            double full = Math.min(LARGEST, Math.max(SMALLEST, ratio));
            scale[n] = (float) (1 + strength * (full - 1));
            shift[n] = (float) (strength * (source.mean()[n] - full * user.mean()[n]));
        }
        return new HomeostaticScaling(scale, shift);
    }
}
