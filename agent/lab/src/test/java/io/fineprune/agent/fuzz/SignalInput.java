package io.fineprune.agent.fuzz;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.fineprune.agent.preprocessing.AudioSpec;
import io.fineprune.agent.preprocessing.EncodedSpec;
import io.fineprune.agent.preprocessing.FeatureSpec;
import io.fineprune.agent.preprocessing.Preprocessor;
import io.fineprune.agent.preprocessing.Preprocessors;
import io.fineprune.agent.preprocessing.Wav;
import io.fineprune.schemas.v1.AudioClip;
import io.fineprune.schemas.v1.AudioEncoding;
import io.fineprune.schemas.v1.FeatureTensor;
import io.fineprune.schemas.v1.SensorEvent;
import io.fineprune.topology.activation.ModelInput;
import io.fineprune.topology.activation.UnusableEventException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/** Audio clips and feature tensors, through the decoders to a model's input. */
final class SignalInput implements FuzzTarget.Input {
    private static final int RATE_OFFSET = 24;
    private static final int FEATURES = 12;

    private final List<Preprocessor> audio = List.of(
            Preprocessors.create(AudioSpec.logMel(8_000, 16, 16), new int[] {16, 16}),
            Preprocessors.create(AudioSpec.keywordSpotting(), new int[] {49, 10, 1}),
            Preprocessors.create(new EncodedSpec(16_000), new int[0]));
    private final Preprocessor features = Preprocessors.create(new FeatureSpec(), new int[] {3, 4});

    @Override
    public void take(byte[] bytes) throws UnusableEventException {
        if (bytes.length < 5) {
            return;
        }
        ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        int kind = Math.floorMod(bytes[0], 6);
        int rate = in.getInt(1);
        byte[] content = Bytes.from(bytes, 5);
        switch (kind) {
            case 0 -> // a header that agrees with the message, so that more is reached
                clip(rateIn(content), AudioEncoding.AUDIO_ENCODING_WAV, content);
            case 1 -> clip(rate, AudioEncoding.AUDIO_ENCODING_WAV, content);
            case 2 -> clip(rate, AudioEncoding.AUDIO_ENCODING_PCM_S16LE, content);
            case 3 -> clip(rate, AudioEncoding.AUDIO_ENCODING_PCM_F32LE, content);
            case 4 ->
                features(FeatureTensor.newBuilder()
                        .addShape(rate & 0xffff)
                        .addShape(rate >>> 16)
                        .setValues(ByteString.copyFrom(content))
                        .build());
            default -> event(content);
        }
    }

    private static int rateIn(byte[] wav) {
        return wav.length < RATE_OFFSET + Integer.BYTES
                ? 0
                : ByteBuffer.wrap(wav).order(ByteOrder.LITTLE_ENDIAN).getInt(RATE_OFFSET);
    }

    private void event(byte[] content) throws UnusableEventException {
        try {
            SensorEvent event = SensorEvent.parseFrom(content);
            audio.forEach(preprocessor -> prepare(preprocessor, event));
            prepare(features, event);
        } catch (InvalidProtocolBufferException e) {
            // Not an event.
        }
    }

    private void clip(int rate, AudioEncoding encoding, byte[] content) throws UnusableEventException {
        SensorEvent event = SensorEvent.newBuilder()
                .setAudio(AudioClip.newBuilder()
                        .setSampleRateHz(rate)
                        .setEncoding(encoding)
                        .setData(ByteString.copyFrom(content)))
                .build();
        audio.forEach(preprocessor -> prepare(preprocessor, event));
    }

    private void features(FeatureTensor tensor) {
        prepare(features, SensorEvent.newBuilder().setFeatures(tensor).build());
    }

    private static void prepare(Preprocessor preprocessor, SensorEvent event) {
        try {
            ModelInput prepared = preprocessor.prepare(event);
            if (prepared instanceof ModelInput.Values values) {
                for (float value : values.values()) {
                    Bytes.check(Float.isFinite(value), "finite numbers");
                }
            } else if (prepared instanceof ModelInput.Encoded encoded) {
                Wav header = Wav.parse(ByteBuffer.wrap(encoded.bytes()));
                Bytes.check(header.sampleRateHz() == 16_000 && header.channels() == 1, "plain audio");
            }
        } catch (UnusableEventException e) {
            Bytes.check(!String.valueOf(e.getMessage()).isBlank(), "a reason");
        }
    }

    @Override
    public List<byte[]> seeds() {
        byte[] rate = ByteBuffer.allocate(4)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(8_000)
                .array();
        byte[] shape = {3, 0, 4, 0};
        byte[] samples = new byte[400];
        for (int i = 0; i < samples.length; i++) {
            samples[i] = (byte) (i * 7);
        }
        byte[] floats = new byte[4 * 200];
        ByteBuffer buffer = ByteBuffer.wrap(floats).order(ByteOrder.LITTLE_ENDIAN);
        while (buffer.hasRemaining()) {
            buffer.putFloat((float) Math.sin(buffer.position()));
        }
        SensorEvent event = SensorEvent.newBuilder()
                .setAudio(AudioClip.newBuilder()
                        .setSampleRateHz(8_000)
                        .setEncodingValue(AudioEncoding.AUDIO_ENCODING_PCM_S16LE_VALUE)
                        .setData(ByteString.copyFrom(samples)))
                .build();
        return List.of(
                Bytes.of(0, rate, wav(1, 1, 16, samples)),
                Bytes.of(0, rate, wav(1, 2, 8, samples)),
                Bytes.of(0, rate, wav(1, 1, 24, Bytes.from(samples, 100))),
                Bytes.of(0, rate, wav(3, 1, 32, floats)),
                Bytes.of(1, rate, wav(1, 1, 16, samples)),
                Bytes.of(2, rate, samples),
                Bytes.of(3, rate, floats),
                Bytes.of(4, shape, Bytes.from(floats, floats.length - 4 * FEATURES)),
                Bytes.of(5, rate, event.toByteArray()));
    }

    private static byte[] wav(int tag, int channels, int bits, byte[] data) {
        ByteBuffer out = ByteBuffer.allocate(44 + data.length).order(ByteOrder.LITTLE_ENDIAN);
        out.putInt(0x46464952).putInt(36 + data.length).putInt(0x45564157);
        out.putInt(0x20746d66).putInt(16).putShort((short) tag).putShort((short) channels);
        out.putInt(8_000).putInt(8_000 * channels * bits / 8).putShort((short) (channels * bits / 8));
        out.putShort((short) bits).putInt(0x61746164).putInt(data.length);
        return out.put(data).array();
    }
}
