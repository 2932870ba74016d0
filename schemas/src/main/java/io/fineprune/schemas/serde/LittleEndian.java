package io.fineprune.schemas.serde;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Codec of numbers as IEEE 754 little endian bytes. All values must be finite in both directions; lengths are checked
 * before an array is made. Errors are {@link MalformedMessageException}s that name the field.
 */
public final class LittleEndian {
    private LittleEndian() {}

    /**
     * 8 bytes a value.
     *
     * @param field for errors
     */
    public static ByteString fromDoubles(String field, double[] values) {
        ByteBuffer buffer = ByteBuffer.allocate(Math.multiplyExact(Double.BYTES, values.length))
                .order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < values.length; i++) {
            checkFinite(field, i, values[i]);
            buffer.putDouble(values[i]);
        }
        return UnsafeByteOperations.unsafeWrap(buffer.flip());
    }

    /**
     * The values of bytes that must hold exactly so many.
     *
     * @param field for errors
     * @param length values expected
     */
    public static double[] toDoubles(String field, ByteString bytes, int length) {
        Check.exactBytes(field, bytes, (long) length * Double.BYTES, length + " values");
        double[] values = new double[length];
        buffer(bytes).asDoubleBuffer().get(values);
        for (int i = 0; i < length; i++) {
            checkFinite(field, i, values[i]);
        }
        return values;
    }

    /**
     * 4 bytes a value.
     *
     * @param field for errors
     */
    public static ByteString fromFloats(String field, float[] values) {
        ByteBuffer buffer = ByteBuffer.allocate(Math.multiplyExact(Float.BYTES, values.length))
                .order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < values.length; i++) {
            checkFinite(field, i, values[i]);
            buffer.putFloat(values[i]);
        }
        return UnsafeByteOperations.unsafeWrap(buffer.flip());
    }

    /**
     * The values of bytes that must hold exactly so many.
     *
     * @param field for errors
     * @param length values expected
     */
    public static float[] toFloats(String field, ByteString bytes, int length) {
        Check.exactBytes(field, bytes, (long) length * Float.BYTES, length + " values");
        float[] values = new float[length];
        buffer(bytes).asFloatBuffer().get(values);
        for (int i = 0; i < length; i++) {
            checkFinite(field, i, values[i]);
        }
        return values;
    }

    /** Requires bytes that hold a whole number of finite doubles, each at least min; allocates no array. */
    static void checkDoubles(String field, ByteString bytes, double min) {
        Check.multipleOf(field, bytes, Double.BYTES);
        ByteBuffer buffer = buffer(bytes);
        for (int i = 0; buffer.hasRemaining(); i++) {
            double value = buffer.getDouble();
            checkFinite(field, i, value);
            if (value < min) {
                throw Check.expected("numbers of at least " + min, field, value + " at index " + i);
            }
        }
    }

    /** Requires bytes that hold a whole number of finite floats, each from min to max; allocates no array. */
    static void checkFloats(String field, ByteString bytes, float min, float max) {
        Check.multipleOf(field, bytes, Float.BYTES);
        ByteBuffer buffer = buffer(bytes);
        for (int i = 0; buffer.hasRemaining(); i++) {
            float value = buffer.getFloat();
            checkFinite(field, i, value);
            if (value < min || value > max) {
                throw Check.expected("numbers from " + min + " to " + max, field, value + " at index " + i);
            }
        }
    }

    private static void checkFinite(String field, int index, double value) {
        if (!Double.isFinite(value)) {
            throw Check.expected("finite numbers", field, value + " at index " + index);
        }
    }

    private static ByteBuffer buffer(ByteString bytes) {
        return bytes.asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
    }
}
