package io.fineprune.agent.preprocessing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.ByteString;
import io.fineprune.schemas.v1.AudioClip;
import io.fineprune.schemas.v1.AudioEncoding;
import io.fineprune.schemas.v1.FeatureTensor;
import io.fineprune.schemas.v1.ImageEncoding;
import io.fineprune.schemas.v1.ImageFrame;
import io.fineprune.schemas.v1.SensorEvent;
import io.fineprune.topology.activation.ModelInput;
import io.fineprune.topology.activation.UnusableEventException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Signals, files and events for the tests of this package. */
final class Fixtures {
    private Fixtures() {}

    static float[] sine(double hertz, int sampleRateHz, int samples, double amplitude) {
        float[] out = new float[samples];
        for (int i = 0; i < samples; i++) {
            out[i] = (float) (amplitude * Math.sin(2 * Math.PI * hertz * i / sampleRateHz));
        }
        return out;
    }

    /** A WAV file whose fields may all lie. */
    static byte[] wav(int tag, int channels, int sampleRateHz, int bits, long dataLength, byte[] data) {
        ByteBuffer out = ByteBuffer.allocate(44 + data.length).order(ByteOrder.LITTLE_ENDIAN);
        out.put(new byte[] {'R', 'I', 'F', 'F'}).putInt(36 + data.length);
        out.put(new byte[] {'W', 'A', 'V', 'E', 'f', 'm', 't', ' '}).putInt(16);
        out.putShort((short) tag).putShort((short) channels).putInt(sampleRateHz);
        out.putInt(sampleRateHz * channels * bits / 8).putShort((short) (channels * bits / 8));
        out.putShort((short) bits).put(new byte[] {'d', 'a', 't', 'a'}).putInt((int) dataLength);
        return out.put(data).array();
    }

    static SensorEvent audio(int sampleRateHz, AudioEncoding encoding, byte[] data) {
        return SensorEvent.newBuilder()
                .setAudio(AudioClip.newBuilder()
                        .setSampleRateHz(sampleRateHz)
                        .setEncoding(encoding)
                        .setData(ByteString.copyFrom(data)))
                .build();
    }

    static SensorEvent wavEvent(float[] samples, int sampleRateHz) {
        return audio(sampleRateHz, AudioEncoding.AUDIO_ENCODING_WAV, new Waveform(samples, sampleRateHz).toWav());
    }

    static SensorEvent image(int width, int height, int channels, ImageEncoding encoding, byte[] data) {
        return SensorEvent.newBuilder()
                .setImage(ImageFrame.newBuilder()
                        .setWidth(width)
                        .setHeight(height)
                        .setChannels(channels)
                        .setEncoding(encoding)
                        .setData(ByteString.copyFrom(data)))
                .build();
    }

    static SensorEvent features(float[] values, int... shape) {
        ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        for (float value : values) {
            bytes.putFloat(value);
        }
        FeatureTensor.Builder tensor = FeatureTensor.newBuilder().setValues(ByteString.copyFrom(bytes.array()));
        for (int dimension : shape) {
            tensor.addShape(dimension);
        }
        return SensorEvent.newBuilder().setFeatures(tensor).build();
    }

    static float[] values(Preprocessor preprocessor, SensorEvent event) throws UnusableEventException {
        return ((ModelInput.Values) preprocessor.prepare(event)).values();
    }

    static UnusableEventException refusal(Preprocessor preprocessor, SensorEvent event) {
        UnusableEventException refusal =
                catchThrowableOfType(UnusableEventException.class, () -> preprocessor.prepare(event));
        assertThat(refusal).isNotNull();
        return refusal;
    }
}
