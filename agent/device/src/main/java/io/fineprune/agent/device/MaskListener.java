package io.fineprune.agent.device;

import io.fineprune.schemas.v1.MaskChunk;

/** Receives a user's masks and their chunks from the transport, on one thread at a time. */
public interface MaskListener {
    /** Called with each mask record; a large update's record holds only the list of its chunks. */
    void mask(MaskRecord mask);

    /**
     * Called with each chunk. The chunks of a mask may come before its record or after it.
     *
     * @param index the chunk's place in the mask, from 0
     */
    void chunk(int index, MaskChunk chunk);
}
