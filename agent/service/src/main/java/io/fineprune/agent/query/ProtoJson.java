package io.fineprune.agent.query;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import java.util.Base64;
import java.util.List;

/** Messages as JSON by protobuf's canonical mapping: names in camel case, 64-bit numbers as text, bytes in base64. */
public final class ProtoJson {
    private ProtoJson() {}

    /** Writes the fields of a message that are set. */
    public static ObjectNode of(Message message) {
        ObjectNode node = Json.object();
        message.getAllFields().forEach((field, value) -> {
            if (field.isRepeated()) {
                ArrayNode all = node.putArray(field.getJsonName());
                for (Object one : (List<?>) value) {
                    ObjectNode holder = Json.object();
                    put(holder, "one", field, one);
                    all.add(holder.get("one"));
                }
            } else {
                put(node, field.getJsonName(), field, value);
            }
        });
        return node;
    }

    private static void put(ObjectNode node, String name, FieldDescriptor field, Object value) {
        switch (field.getJavaType()) {
            case INT -> node.put(name, (Integer) value);
            case LONG -> node.put(name, value.toString());
            case FLOAT -> node.put(name, (Float) value);
            case DOUBLE -> node.put(name, (Double) value);
            case BOOLEAN -> node.put(name, (Boolean) value);
            case STRING -> node.put(name, (String) value);
            case BYTE_STRING -> node.put(name, Base64.getEncoder().encodeToString(((ByteString) value).toByteArray()));
            case ENUM -> node.put(name, ((EnumValueDescriptor) value).getName());
            case MESSAGE -> node.set(name, of((Message) value));
        }
    }
}
