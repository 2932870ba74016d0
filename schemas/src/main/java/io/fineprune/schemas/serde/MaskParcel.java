package io.fineprune.schemas.serde;

import com.google.protobuf.ByteString;
import java.util.List;

/**
 * An update as it is sent.
 *
 * @param record value of the record of pruning-masks: the update, or the list of its chunks
 * @param chunks values of the records of pruning-mask-chunks, in their order; empty where the update is one message
 * @param updateBytes size of the update, whichever way it is sent
 */
public record MaskParcel(ByteString record, List<ByteString> chunks, int updateBytes) {
    public MaskParcel {
        chunks = List.copyOf(chunks);
    }
}
