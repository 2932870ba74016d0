package io.fineprune.schemas.serde;

import io.fineprune.schemas.v1.MaskChunk;

/** Bounds of {@link MaskChunk}. */
final class MaskChunkValidator implements Validator<MaskChunk> {
    @Override
    public void validate(MaskChunk chunk) {
        Check.atLeast("mask_chunk.version", chunk.getVersion(), 1);
        Check.bytes("mask_chunk.data", chunk.getData(), 1, MaskChunks.MAX_BYTES);
    }
}
