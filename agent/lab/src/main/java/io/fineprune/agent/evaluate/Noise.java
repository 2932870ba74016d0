package io.fineprune.agent.evaluate;

import io.fineprune.agent.preprocessing.NoisyClip;
import io.fineprune.agent.preprocessing.Preprocessor;
import io.fineprune.schemas.v1.SensorEvent;
import io.fineprune.topology.activation.ModelInput;
import io.fineprune.topology.activation.UnusableEventException;
import io.fineprune.topology.activation.UnusableEventException.Reason;
import java.util.OptionalDouble;
import java.util.Random;

/**
 * White Gaussian noise at a given signal-to-noise ratio: to the sound itself where a recording is sound, else to the numbers that
 * the model takes, against their variance. A recording gets the same noise each time.
 *
 * @param decibels 10 log10 of the signal's power over the noise's; empty: none
 * @param seed of the noise, together with the recording's id
 */
record Noise(OptionalDouble decibels, long seed) {
    /** Adds the noise to a recording and preprocesses it for the model. */
    ModelInput prepare(SensorEvent event, Preprocessor preprocessor, String id) throws UnusableEventException {
        if (decibels.isEmpty()) {
            return preprocessor.prepare(event);
        }
        Random random = new Random(Folds.mix(seed, id));
        if (event.hasAudio()) {
            return preprocessor.prepare(event.toBuilder()
                    .setAudio(NoisyClip.of(event.getAudio(), decibels.getAsDouble(), random))
                    .build());
        }
        if (preprocessor.prepare(event) instanceof ModelInput.Values input) {
            return new ModelInput.Values(noisy(input.values(), random));
        }
        throw new UnusableEventException(
                Reason.WRONG_SHAPE, "Expected sound, or a model that takes numbers, to add noise to");
    }

    private float[] noisy(float[] values, Random random) {
        double mean = 0;
        double squares = 0;
        for (float value : values) {
            mean += (double) value / values.length;
            squares += (double) value * value / values.length;
        }
        double deviation = Math.sqrt(Math.max(0, squares - mean * mean) * Math.pow(10, -decibels.orElseThrow() / 10));
        float[] noisy = new float[values.length];
        for (int i = 0; i < values.length; i++) {
            noisy[i] = (float) (values[i] + deviation * random.nextGaussian());
        }
        return noisy;
    }
}
