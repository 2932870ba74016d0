package io.fineprune.agent.device;

import io.fineprune.schemas.v1.MaskChunk;

/** Hears of a user's masks, on one thread at a time. */
public interface MaskListener {
    /** A mask, or the list of its chunks. */
    void mask(MaskRecord mask);

    /**
     * A chunk of a mask. Those of a mask may come before it or after it.
     *
     * @param index its place, from 0
     */
    void chunk(int index, MaskChunk chunk);
}
