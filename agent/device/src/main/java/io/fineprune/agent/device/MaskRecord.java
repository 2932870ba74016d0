package io.fineprune.agent.device;

import com.google.protobuf.ByteString;
import io.fineprune.schemas.signature.RecordSignature;
import java.util.List;
import java.util.Optional;

/**
 * A mask as it came, neither verified nor parsed.
 *
 * @param key of the record: user and model
 * @param value of the record
 * @param chunks what the chunks hold that the value may list, in their order; empty where there are none, or they are yet to come
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
