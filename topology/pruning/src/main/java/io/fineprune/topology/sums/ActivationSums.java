package io.fineprune.topology.sums;

import io.fineprune.topology.activation.Architecture;

/**
 * The running sums of one user and model at one moment: what the paper's Algorithm 1 accumulates, and all that pruning
 * needs to know of a user. An immutable snapshot; {@link SumsAccumulator} adds events.
 */
public final class ActivationSums {
    private final String fingerprint;
    private final long events;
    private final long firstEventMillis;
    private final long lastEventMillis;
    private final double[] absolute;
    private final double[] linear;
    private final double[] squared;
    private final double[] posterior;

    /** Takes the arrays over without copying: for this package, which gives them away. */
    ActivationSums(
            String fingerprint,
            long events,
            long firstEventMillis,
            long lastEventMillis,
            double[] absolute,
            double[] linear,
            double[] squared,
            double[] posterior) {
        this.fingerprint = fingerprint;
        this.events = events;
        this.firstEventMillis = firstEventMillis;
        this.lastEventMillis = lastEventMillis;
        this.absolute = absolute;
        this.linear = linear;
        this.squared = squared;
        this.posterior = posterior;
    }

    /** Returns the sums before any event: all are zero. */
    public static ActivationSums empty(Architecture architecture) {
        int taps = architecture.taps();
        return new ActivationSums(
                architecture.fingerprint(),
                0,
                0,
                0,
                new double[taps],
                new double[taps],
                new double[taps],
                new double[architecture.classes()]);
    }

    /** SHA-256 of the frozen graph that the sums belong to, lower-case hexadecimal. */
    public String fingerprint() {
        return fingerprint;
    }

    public long events() {
        return events;
    }

    /** The earliest captured-at of the events, milliseconds since 1970-01-01T00:00Z; 0 without events. */
    public long firstEventMillis() {
        return firstEventMillis;
    }

    /** The latest captured-at of the events, milliseconds since 1970-01-01T00:00Z; 0 without events. */
    public long lastEventMillis() {
        return lastEventMillis;
    }

    public int taps() {
        return absolute.length;
    }

    public int classes() {
        return posterior.length;
    }

    /** Sum of |a| over events and positions. */
    public double absolute(int tap) {
        return absolute[tap];
    }

    /** Sum of a over events and positions. */
    public double linear(int tap) {
        return linear[tap];
    }

    /** Sum of a squared over events and positions. */
    public double squared(int tap) {
        return squared[tap];
    }

    /** Sum of the posterior of a class over events. */
    public double posterior(int clazz) {
        return posterior[clazz];
    }

    double[] copyOfAbsolute() {
        return absolute.clone();
    }

    double[] copyOfLinear() {
        return linear.clone();
    }

    double[] copyOfSquared() {
        return squared.clone();
    }

    double[] copyOfPosterior() {
        return posterior.clone();
    }
}
