package io.fineprune.schemas.serde;

/**
 * The place of one chunk of a user's update: the key of topic pruning-mask-chunks.
 *
 * @param owner whose update it is
 * @param index 0 to 4095
 * @see MaskChunkKeySerde
 */
public record MaskChunkKey(UserModelKey owner, int index) {
    /** @throws MalformedMessageException if the index breaks its bound */
    public MaskChunkKey {
        Check.range("mask_chunk_key.index", index, 0, MaskChunks.MAX_COUNT - 1);
    }
}
