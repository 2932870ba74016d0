package io.fineprune.agent.device;

import com.google.protobuf.ByteString;
import io.fineprune.schemas.signature.RecordSignature;
import java.util.List;
import java.util.Optional;

/**
 * A mask's record as received, neither verified nor parsed.
 *
 * @param key key of the record: user and model, serialised
 * @param value value of the record: a serialised update, or the list of its chunks
 * @param chunks content of the chunks that the value lists, in their order; empty if it lists none, or they have not
 *     arrived yet
 */
public record MaskRecord(
        ByteString key, ByteString value, Optional<RecordSignature> signature, List<ByteString> chunks) {
    public MaskRecord {
        chunks = List.copyOf(chunks);
    }

    /** A record without chunks: its update is one message, or its chunks have not been collected yet. */
    public MaskRecord(ByteString key, ByteString value, Optional<RecordSignature> signature) {
        this(key, value, signature, List.of());
    }

    /** This record together with the chunks that its list names. */
    MaskRecord with(List<ByteString> found) {
        return new MaskRecord(key, value, signature, found);
    }
}
