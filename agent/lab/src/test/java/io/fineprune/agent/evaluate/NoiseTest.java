package io.fineprune.agent.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.protobuf.ByteString;
import io.fineprune.agent.preprocessing.Preprocessor;
import io.fineprune.schemas.v1.AudioClip;
import io.fineprune.schemas.v1.AudioEncoding;
import io.fineprune.schemas.v1.SensorEvent;
import io.fineprune.topology.activation.ModelInput;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

class NoiseTest {
    private static final int SAMPLES = 8000;

    private static SensorEvent tone() {
        ByteBuffer data = ByteBuffer.allocate(2 * SAMPLES).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < SAMPLES; i++) {
            data.putShort((short) Math.round(6000 * Math.sin(2 * Math.PI * 440 * i / 8000)));
        }
        return SensorEvent.newBuilder()
                .setAudio(AudioClip.newBuilder()
                        .setSampleRateHz(8000)
                        .setEncoding(AudioEncoding.AUDIO_ENCODING_PCM_S16LE)
                        .setData(ByteString.copyFrom(data.array())))
                .build();
    }

    private static float[] samples(SensorEvent event) {
        ByteBuffer data = event.getAudio().getData().asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
        float[] samples = new float[data.remaining() / 2];
        for (int i = 0; i < samples.length; i++) {
            samples[i] = data.getShort();
        }
        return samples;
    }

    private static float[] noisy(double decibels, String id, Preprocessor preprocessor) throws Exception {
        return ((ModelInput.Values) new Noise(OptionalDouble.of(decibels), 1).prepare(tone(), preprocessor, id))
                .values();
    }

    @Test
    void shouldHaveTheWantedRatioWhenNoiseIsAddedToSound() throws Exception {
        float[] clean = samples(tone());
        float[] noisy = noisy(10, "a", event -> new ModelInput.Values(samples(event)));
        double signal = 0;
        double noise = 0;
        for (int i = 0; i < SAMPLES; i++) {
            signal += clean[i] * clean[i];
            noise += Math.pow(noisy[i] - clean[i], 2);
        }
        assertThat(10 * Math.log10(signal / noise)).isCloseTo(10, within(0.2));
    }

    @Test
    void shouldBeTheSameForARecordingAndAnotherForTheNext() throws Exception {
        Preprocessor preprocessor = event -> new ModelInput.Values(samples(event));
        assertThat(noisy(10, "a", preprocessor))
                .isEqualTo(noisy(10, "a", preprocessor))
                .isNotEqualTo(noisy(10, "b", preprocessor));
    }

    @Test
    void shouldAddToTheNumbersWhenThereIsNoSound() throws Exception {
        float[] values = new float[10_000];
        for (int i = 0; i < values.length; i++) {
            values[i] = 100 + i % 2;
        }
        ModelInput.Values noisy = (ModelInput.Values) new Noise(OptionalDouble.of(0), 1)
                .prepare(SensorEvent.getDefaultInstance(), event -> new ModelInput.Values(values), "a");
        double squares = 0;
        for (int i = 0; i < values.length; i++) {
            squares += Math.pow(noisy.values()[i] - values[i], 2) / values.length;
        }
        assertThat(squares).as("the variance of the numbers").isCloseTo(0.25, within(0.01));
    }
}
