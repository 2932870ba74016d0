package io.fineprune.agent.device;

import java.util.Optional;

/** Observer of the versions that a device runs. Called on the swapper's thread, before the acknowledgement is sent. */
public interface SwapListener {
    /** A listener that ignores every call. */
    SwapListener NONE = new SwapListener() {};

    /** A version passed all checks: complete, for this user and model, and newer than the one in force. */
    default void accepted(long version) {}

    /**
     * A version runs.
     *
     * @param mask the record that the version was made of, if it was handed to the swapper
     */
    default void applied(long version, Optional<MaskRecord> mask) {}

    /** A version was rolled back, and the one before it runs again. */
    default void rolledBack(long version, String reason) {}
}
