package io.fineprune.topology.repair;

/** IEEE 754 half precision: 1 sign bit, 5 exponent bits, 10 fraction bits; rounds half to even. */
public final class Float16 {
    /** The largest finite value. */
    public static final float MAX = 65504f;

    private Float16() {}

    /** The nearest float that half precision holds; values beyond {@link #MAX} become that. */
    public static float round(float value) {
        return decode(encode(value));
    }

    /** The 16 bits of the nearest half; values beyond {@link #MAX} become that. */
    public static short encode(float value) {
        int bits = Float.floatToIntBits(value);
        int sign = (bits >>> 16) & 0x8000;
        float magnitude = Math.min(Math.abs(value), MAX);
        if (magnitude < 0x1p-14f) {
            return (short) (sign | (int) Math.rint(magnitude * 0x1p24f));
        }
        int abs = Float.floatToIntBits(magnitude);
        int rounded = abs + 0xfff + ((abs >>> 13) & 1);
        return (short) (sign | ((rounded - (112 << 23)) >>> 13));
    }

    /** The float that the 16 bits stand for. */
    public static float decode(short half) {
        int sign = (half & 0x8000) << 16;
        int exponent = (half >>> 10) & 0x1f;
        int fraction = half & 0x3ff;
        if (exponent == 0) {
            float magnitude = fraction * 0x1p-24f;
            return sign == 0 ? magnitude : -magnitude;
        }
        if (exponent == 31) {
            return Float.intBitsToFloat(sign | 0x7f800000 | (fraction << 13));
        }
        return Float.intBitsToFloat(sign | ((exponent + 112) << 23) | (fraction << 13));
    }
}
