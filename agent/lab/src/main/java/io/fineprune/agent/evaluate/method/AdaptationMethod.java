package io.fineprune.agent.evaluate.method;

import io.fineprune.topology.activation.UnusableEventException;
import java.util.Optional;

/** One way to make a source model a user's own. Stateless; the same stream and settings give the same bits. */
public interface AdaptationMethod {
    /** Returns the name on the command line and in reports. */
    String name();

    /** Describes the method in one sentence, for listings. */
    String description();

    /** Whether the wanted sparsity matters, as it does to most. */
    default boolean prunes() {
        return true;
    }

    /** Whether the user's events matter, as they do to most. */
    default boolean usesEvents() {
        return true;
    }

    /** Tells whether the method uses the labels of the user's events; only supervised baselines do. */
    default boolean usesLabels() {
        return false;
    }

    /** Tells whether the method uses the classes that a user declares. */
    default boolean usesDeclared() {
        return false;
    }

    /** Tells whether the method only works for users who declare their classes. */
    default boolean needsDeclared() {
        return false;
    }

    /** Memory that it needs, in the paper's terms (its Table 1). */
    String memory();

    /**
     * Adapts the source model to a user.
     *
     * @param stream the user's events, already cut to the budget
     * @param sparsity share of nodes (or weights, where the method says so) to remove, 0 to 1
     * @throws UnusableEventException if the model refuses an event
     */
    Adapted adapt(EvaluatedModel bench, UserStream stream, double sparsity) throws UnusableEventException;

    /**
     * What a gate held back, to measure whether that was right.
     *
     * @param made what {@link #adapt} made of the same arguments
     * @return empty if nothing was held back
     * @throws UnusableEventException if the model refuses an event
     */
    default Optional<Adapted> withheld(EvaluatedModel bench, UserStream stream, double sparsity, Adapted made)
            throws UnusableEventException {
        return Optional.empty();
    }
}
