package io.fineprune.schemas.serde;

import com.google.protobuf.ByteString;
import com.google.protobuf.ProtocolMessageEnum;
import java.util.Arrays;
import java.util.stream.Collectors;

/** The checks that validators are made of; each throws {@link MalformedMessageException}. */
final class Check {
    private Check() {}

    /** Requires a text of minBytes to maxBytes bytes of UTF-8. */
    static void text(String field, String value, int minBytes, int maxBytes) {
        bytes(field, Utf8.length(field, value), minBytes, maxBytes);
    }

    static void bytes(String field, ByteString value, int minBytes, int maxBytes) {
        bytes(field, value.size(), minBytes, maxBytes);
    }

    private static void bytes(String field, long size, int minBytes, int maxBytes) {
        if (size < minBytes || size > maxBytes) {
            String bound = minBytes == 0 ? "at most " + maxBytes : minBytes + " to " + maxBytes;
            throw expected(bound + " bytes", field, size);
        }
    }

    /** @param why where the number comes from, put in brackets; may be empty */
    static void exactBytes(String field, ByteString value, long size, String why) {
        if (value.size() != size) {
            String reason = why.isEmpty() ? "" : " (" + why + ")";
            throw expected("exactly " + size + " bytes" + reason, field, value.size());
        }
    }

    static void multipleOf(String field, ByteString value, int unit) {
        if (value.size() % unit != 0) {
            throw expected("a multiple of " + unit + " bytes", field, value.size());
        }
    }

    static void range(String field, long value, long min, long max) {
        if (value < min || value > max) {
            throw expected(min + " to " + max, field, value);
        }
    }

    static void atLeast(String field, long value, long min) {
        if (value < min) {
            throw expected("at least " + min, field, value);
        }
    }

    /** Requires a number from min to max; NaN is refused too. */
    static void range(String field, double value, double min, double max) {
        if (!(value >= min && value <= max)) {
            throw expected(number(min) + " to " + number(max), field, value);
        }
    }

    static void present(String field, boolean present) {
        if (!present) {
            throw new MalformedMessageException("Expected a value in field " + field + ", but it was absent");
        }
    }

    /**
     * Requires an enum's number that is known and not the unspecified one.
     *
     * @param number the number in the serialised message
     * @param resolved the constant that the generated class gives for the number
     */
    static <E extends Enum<E> & ProtocolMessageEnum> void specified(String field, int number, E resolved) {
        if (number == 0 || resolved.name().equals("UNRECOGNIZED")) {
            String known = Arrays.stream(resolved.getDeclaringClass().getEnumConstants())
                    .map(Enum::name)
                    .filter(name -> !name.endsWith("_UNSPECIFIED") && !name.equals("UNRECOGNIZED"))
                    .collect(Collectors.joining(", "));
            throw expected("one of " + known, field, number);
        }
    }

    static MalformedMessageException expected(String what, String field, Object found) {
        return new MalformedMessageException("Expected " + what + " in field " + field + ", but was " + found);
    }

    private static String number(double value) {
        return value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value);
    }
}
