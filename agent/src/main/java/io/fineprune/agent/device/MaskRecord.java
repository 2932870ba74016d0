package io.fineprune.agent.device;

import com.google.protobuf.ByteString;
import io.fineprune.schemas.signature.RecordSignature;
import java.util.Optional;

/**
 * A mask as it came, neither verified nor parsed.
 *
 * @param key of the record: user and model
 * @param value of the record
 */
public record MaskRecord(ByteString key, ByteString value, Optional<RecordSignature> signature) {}
