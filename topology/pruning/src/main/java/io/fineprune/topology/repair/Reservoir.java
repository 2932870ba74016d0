package io.fineprune.topology.repair;

import com.google.protobuf.ByteString;
import io.fineprune.schemas.v1.StoredInput;
import io.fineprune.topology.activation.ModelInput;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.OptionalInt;
import java.util.SplittableRandom;

/**
 * A bounded, even sample of a user's inputs (Vitter 1985, algorithm R). Which inputs it holds depends on nothing but their
 * numbers. Inputs are kept in half precision.
 */
public final class Reservoir {
    private static final long SEED = 0x9e3779b97f4a7c15L;

    private Reservoir() {}

    /**
     * Returns the place in the reservoir at which the next input is stored.
     *
     * @param count the input's number among the user's events, from 1
     * @param capacity places of the reservoir; 0 keeps nothing
     * @return empty if it is not kept
     */
    public static OptionalInt slot(long count, int capacity) {
        if (count <= capacity) {
            return OptionalInt.of((int) (count - 1));
        }
        long drawn = new SplittableRandom(SEED * count).nextLong(count);
        return drawn < capacity ? OptionalInt.of((int) drawn) : OptionalInt.empty();
    }

    /** Encodes an input for the store, with numbers rounded to half precision. */
    public static StoredInput store(ModelInput input) {
        if (input instanceof ModelInput.Encoded encoded) {
            return StoredInput.newBuilder()
                    .setEncoded(ByteString.copyFrom(encoded.bytes()))
                    .build();
        }
        float[] values = ((ModelInput.Values) input).values();
        ByteBuffer halves = ByteBuffer.allocate(values.length * Short.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (float value : values) {
            halves.putShort(Float16.encode(value));
        }
        return StoredInput.newBuilder()
                .setHalves(ByteString.copyFrom(halves.flip()))
                .build();
    }

    /** Decodes a stored input; its numbers have half precision. */
    public static ModelInput load(StoredInput stored) {
        if (stored.hasEncoded()) {
            return new ModelInput.Encoded(stored.getEncoded().toByteArray());
        }
        ByteBuffer halves = stored.getHalves().asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
        float[] values = new float[halves.remaining() / Short.BYTES];
        for (int i = 0; i < values.length; i++) {
            values[i] = Float16.decode(halves.getShort());
        }
        return new ModelInput.Values(values);
    }
}
