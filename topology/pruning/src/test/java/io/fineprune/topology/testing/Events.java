package io.fineprune.topology.testing;

import io.fineprune.schemas.serde.LittleEndian;
import io.fineprune.schemas.v1.FeatureTensor;
import io.fineprune.schemas.v1.SensorEvent;
import java.util.Random;

/** Events drawn from a seed, each user with a pattern of its own. */
public final class Events {
    private Events() {}

    /** [values] of one event. */
    public static float[] values(String user, int index, int length) {
        Random own = new Random(user.hashCode());
        Random random = new Random(31L * user.hashCode() + index);
        float[] values = new float[length];
        for (int i = 0; i < length; i++) {
            values[i] = (float) (own.nextGaussian() + random.nextGaussian());
        }
        return values;
    }

    public static SensorEvent event(String user, String model, int index, float[] values) {
        return SensorEvent.newBuilder()
                .setEventId("%s-%d".formatted(user, index))
                .setDeviceId("device of " + user)
                .setUserId(user)
                .setModelId(model)
                .setCapturedAtMillis(1_000_000L + index)
                .setFeatures(FeatureTensor.newBuilder()
                        .addShape(values.length)
                        .setValues(LittleEndian.fromFloats("values", values)))
                .build();
    }
}
