package io.fineprune.agent.device;

import java.util.Optional;

/** Hears which versions a device holds. Called on the swapper's thread, before the acknowledgement is sent. */
public interface SwapListener {
    /** Hears nothing. */
    SwapListener NONE = new SwapListener() {};

    /** A version is whole, for this user and model, and newer than what ran. */
    default void accepted(long version) {}

    /**
     * A version runs.
     *
     * @param mask what it was made of, where that was handed over
     */
    default void applied(long version, Optional<MaskRecord> mask) {}

    /** A version was given up, and the one before it runs again. */
    default void rolledBack(long version, String reason) {}
}
