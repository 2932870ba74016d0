package io.fineprune.schemas.serde;

import com.google.protobuf.ByteString;
import io.fineprune.schemas.v1.AudioEncoding;
import io.fineprune.schemas.v1.ImageEncoding;
import io.fineprune.schemas.v1.SensorEvent;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.function.Consumer;

/** Every bound of sensor events, broken one by one. */
class SensorEventBoundsTest extends BoundsContract {
    private static final int UNKNOWN_NUMBER = 99;

    static List<Case<?>> cases() {
        Cases cases = new Cases();
        events(cases);
        audio(cases);
        images(cases);
        features(cases);
        return cases.list();
    }

    private static void event(Cases cases, Consumer<SensorEvent.Builder> change, String error) {
        cases.when(Samples.audioEvent(), MessageSerdes.sensorEvent(), SensorEvent.Builder.class, change, error);
    }

    private static void events(Cases cases) {
        event(cases, b -> b.setEventId(""), "Expected 1 to 64 bytes in field sensor_event.event_id, but was 0");
        event(
                cases,
                b -> b.setEventId("e".repeat(65)),
                "Expected 1 to 64 bytes in field sensor_event.event_id, but was 65");
        event(
                cases,
                b -> b.setEventId("é".repeat(33)),
                "Expected 1 to 64 bytes in field sensor_event.event_id, but was 66");
        event(
                cases,
                b -> b.setEventId("a\ud800b"),
                "Expected UTF-8 in field sensor_event.event_id, but was half a surrogate pair at index 1");
        event(cases, b -> b.setDeviceId(""), "Expected 1 to 128 bytes in field sensor_event.device_id, but was 0");
        event(
                cases,
                b -> b.setDeviceId("d".repeat(129)),
                "Expected 1 to 128 bytes in field sensor_event.device_id, but was 129");
        event(cases, b -> b.setUserId(""), "Expected 1 to 128 bytes in field sensor_event.user_id, but was 0");
        event(
                cases,
                b -> b.setUserId("u".repeat(129)),
                "Expected 1 to 128 bytes in field sensor_event.user_id, but was 129");
        event(cases, b -> b.setModelId(""), "Expected 1 to 64 bytes in field sensor_event.model_id, but was 0");
        event(
                cases,
                b -> b.setModelId("m".repeat(65)),
                "Expected 1 to 64 bytes in field sensor_event.model_id, but was 65");
        event(
                cases,
                b -> b.setCapturedAtMillis(0),
                "Expected at least 1 in field sensor_event.captured_at_millis, but was 0");
        event(
                cases,
                SensorEvent.Builder::clearPayload,
                "Expected a value in field sensor_event.payload, but it was absent");
    }

    private static void audio(Cases cases) {
        String data = "sensor_event.audio.data, but was ";
        event(
                cases,
                b -> b.getAudioBuilder().setSampleRateHz(3999),
                "Expected 4000 to 192000 in field sensor_event.audio.sample_rate_hz, but was 3999");
        event(
                cases,
                b -> b.getAudioBuilder().setSampleRateHz(192_001),
                "Expected 4000 to 192000 in field sensor_event.audio.sample_rate_hz, but was 192001");
        String encodings = "Expected one of AUDIO_ENCODING_WAV, AUDIO_ENCODING_PCM_S16LE, AUDIO_ENCODING_PCM_F32LE"
                + " in field sensor_event.audio.encoding, but was ";
        event(cases, b -> b.getAudioBuilder().setEncodingValue(0), encodings + 0);
        event(cases, b -> b.getAudioBuilder().setEncodingValue(UNKNOWN_NUMBER), encodings + 99);
        event(
                cases,
                b -> b.getAudioBuilder().setData(ByteString.EMPTY),
                "Expected 1 to 960000 bytes in field " + data + 0);
        event(
                cases,
                b -> b.getAudioBuilder().setData(zeros(960_002)),
                "Expected 1 to 960000 bytes in field " + data + 960_002);
        event(cases, b -> b.getAudioBuilder().setData(zeros(3)), "Expected a multiple of 2 bytes in field " + data + 3);
        event(
                cases,
                b -> b.getAudioBuilder()
                        .setEncoding(AudioEncoding.AUDIO_ENCODING_PCM_F32LE)
                        .setData(zeros(6)),
                "Expected a multiple of 4 bytes in field " + data + 6);
        event(
                cases,
                b -> b.getAudioBuilder()
                        .setEncoding(AudioEncoding.AUDIO_ENCODING_PCM_F32LE)
                        .setData(LittleEndian.fromFloats("floats", new float[] {1, -1.5f})),
                "Expected numbers from -1.0 to 1.0 in field " + data + "-1.5 at index 1");
    }

    private static void image(Cases cases, Consumer<SensorEvent.Builder> change, String error) {
        cases.when(Samples.imageEvent(), MessageSerdes.sensorEvent(), SensorEvent.Builder.class, change, error);
    }

    private static void images(Cases cases) {
        for (int side : new int[] {0, 4097}) {
            image(
                    cases,
                    b -> b.getImageBuilder().setWidth(side),
                    "Expected 1 to 4096 in field sensor_event.image.width, but was " + side);
            image(
                    cases,
                    b -> b.getImageBuilder().setHeight(side),
                    "Expected 1 to 4096 in field sensor_event.image.height, but was " + side);
        }
        for (int channels : new int[] {0, 2, 4}) {
            image(
                    cases,
                    b -> b.getImageBuilder().setChannels(channels),
                    "Expected 1 or 3 in field sensor_event.image.channels, but was " + channels);
        }
        String encodings = "Expected one of IMAGE_ENCODING_PNG, IMAGE_ENCODING_JPEG, IMAGE_ENCODING_RAW_U8"
                + " in field sensor_event.image.encoding, but was ";
        image(cases, b -> b.getImageBuilder().setEncodingValue(0), encodings + 0);
        image(cases, b -> b.getImageBuilder().setEncodingValue(UNKNOWN_NUMBER), encodings + 99);
        String data = " in field sensor_event.image.data, but was ";
        image(cases, b -> b.getImageBuilder().setData(ByteString.EMPTY), "Expected 1 to 960000 bytes" + data + 0);
        image(
                cases,
                b -> b.getImageBuilder()
                        .setEncoding(ImageEncoding.IMAGE_ENCODING_PNG)
                        .setData(zeros(960_001)),
                "Expected 1 to 960000 bytes" + data + 960_001);
        image(
                cases,
                b -> b.getImageBuilder().setWidth(4096).setHeight(4096).setChannels(3),
                "Expected exactly 50331648 bytes (width * height * channels)" + data + 6);
    }

    private static void feature(Cases cases, Consumer<SensorEvent.Builder> change, String error) {
        cases.when(Samples.featureEvent(), MessageSerdes.sensorEvent(), SensorEvent.Builder.class, change, error);
    }

    private static void features(Cases cases) {
        String shape = "sensor_event.features.shape";
        feature(
                cases,
                b -> b.getFeaturesBuilder().clearShape(),
                "Expected 1 to 4 dimensions in field " + shape + ", but was 0");
        feature(
                cases,
                b -> b.getFeaturesBuilder().addAllShape(List.of(1, 1, 1)),
                "Expected 1 to 4 dimensions in field " + shape + ", but was 5");
        feature(
                cases,
                b -> b.getFeaturesBuilder().setShape(1, 0),
                "Expected 1 to 4096 in field " + shape + "[1], but was 0");
        feature(
                cases,
                b -> b.getFeaturesBuilder().setShape(0, 4097),
                "Expected 1 to 4096 in field " + shape + "[0], but was 4097");
        feature(
                cases,
                b -> b.getFeaturesBuilder().setShape(0, 4096).setShape(1, 59),
                "Expected at most 240000 values in field " + shape + ", but was 241664");
        String values = " in field sensor_event.features.values, but was ";
        feature(
                cases,
                b -> b.getFeaturesBuilder().setValues(zeros(20)),
                "Expected exactly 24 bytes (6 values)" + values + 20);
        feature(
                cases,
                b -> b.getFeaturesBuilder().setValues(floatsAt(3, Float.NaN)),
                "Expected finite numbers" + values + "NaN at index 3");
        feature(
                cases,
                b -> b.getFeaturesBuilder().setValues(floatsAt(5, Float.NEGATIVE_INFINITY)),
                "Expected finite numbers" + values + "-Infinity at index 5");
    }

    private static ByteString zeros(int size) {
        return ByteString.copyFrom(new byte[size]);
    }

    private static ByteString floatsAt(int index, float value) {
        ByteBuffer buffer = ByteBuffer.allocate(24).order(ByteOrder.LITTLE_ENDIAN);
        buffer.putFloat(4 * index, value);
        return ByteString.copyFrom(buffer.array());
    }
}
