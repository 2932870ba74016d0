package io.fineprune.schemas.serde;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.WireFormat;
import java.io.IOException;

/**
 * Counts the fields of a serialised message, nested messages included, before it is parsed. A field can take two bytes on
 * the wire and a hundred on the heap, so the size of the bytes alone does not bound the memory of the parsed message.
 */
final class WireScan {
    private final String name;
    private final int maxFields;
    private int fields;

    private WireScan(String name, int maxFields) {
        this.name = name;
        this.maxFields = maxFields;
    }

    /**
     * @throws MalformedMessageException if there are more than maxFields
     * @throws IOException if the bytes are no protobuf
     */
    static void check(String name, byte[] data, Descriptor type, int maxFields) throws IOException {
        new WireScan(name, maxFields).scan(CodedInputStream.newInstance(data), type);
    }

    private void scan(CodedInputStream in, Descriptor type) throws IOException {
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            fields++;
            if (fields > maxFields) {
                throw new MalformedMessageException(
                        "Expected at most %d fields in %s, but there were more".formatted(maxFields, name));
            }
            int wireType = WireFormat.getTagWireType(tag);
            if (wireType == WireFormat.WIRETYPE_START_GROUP) {
                throw new MalformedMessageException("Expected no groups in %s, but field number %d is one"
                        .formatted(name, WireFormat.getTagFieldNumber(tag)));
            }
            FieldDescriptor field = type.findFieldByNumber(WireFormat.getTagFieldNumber(tag));
            if (field != null
                    && field.getJavaType() == FieldDescriptor.JavaType.MESSAGE
                    && wireType == WireFormat.WIRETYPE_LENGTH_DELIMITED) {
                int outer = in.pushLimit(in.readRawVarint32());
                scan(in, field.getMessageType());
                in.popLimit(outer);
            } else {
                in.skipField(tag);
            }
        }
    }
}
