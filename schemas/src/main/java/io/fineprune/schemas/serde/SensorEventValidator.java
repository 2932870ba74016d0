package io.fineprune.schemas.serde;

import com.google.protobuf.ByteString;
import io.fineprune.schemas.v1.AudioClip;
import io.fineprune.schemas.v1.AudioEncoding;
import io.fineprune.schemas.v1.FeatureTensor;
import io.fineprune.schemas.v1.ImageEncoding;
import io.fineprune.schemas.v1.ImageFrame;
import io.fineprune.schemas.v1.SensorEvent;

/**
 * Bounds of {@link SensorEvent}. What only a decoder can see, that the header inside a WAV, PNG or JPEG agrees with the
 * message, is left to whoever decodes it.
 */
final class SensorEventValidator implements Validator<SensorEvent> {
    static final int MAX_PAYLOAD_BYTES = 960_000;
    private static final int MAX_SIDE = 4096;
    private static final int MAX_DIMENSIONS = 4;
    private static final int MAX_VALUES = 240_000;

    @Override
    public void validate(SensorEvent event) {
        Check.text("sensor_event.event_id", event.getEventId(), 1, Identifiers.MAX_EVENT_BYTES);
        Check.text("sensor_event.device_id", event.getDeviceId(), 1, Identifiers.MAX_DEVICE_BYTES);
        Check.text("sensor_event.user_id", event.getUserId(), 1, Identifiers.MAX_USER_BYTES);
        Check.text("sensor_event.model_id", event.getModelId(), 1, Identifiers.MAX_MODEL_BYTES);
        Check.atLeast("sensor_event.captured_at_millis", event.getCapturedAtMillis(), 1);
        switch (event.getPayloadCase()) {
            case AUDIO -> audio(event.getAudio());
            case IMAGE -> image(event.getImage());
            case FEATURES -> features(event.getFeatures());
            case PAYLOAD_NOT_SET -> Check.present("sensor_event.payload", false);
        }
    }

    private static void audio(AudioClip clip) {
        String field = "sensor_event.audio.data";
        Check.range("sensor_event.audio.sample_rate_hz", clip.getSampleRateHz(), 4000, 192_000);
        Check.specified("sensor_event.audio.encoding", clip.getEncodingValue(), clip.getEncoding());
        Check.bytes(field, clip.getData(), 1, MAX_PAYLOAD_BYTES);
        if (clip.getEncoding() == AudioEncoding.AUDIO_ENCODING_PCM_S16LE) {
            Check.multipleOf(field, clip.getData(), Short.BYTES);
        } else if (clip.getEncoding() == AudioEncoding.AUDIO_ENCODING_PCM_F32LE) {
            LittleEndian.checkFloats(field, clip.getData(), -1, 1);
        }
    }

    private static void image(ImageFrame frame) {
        Check.range("sensor_event.image.width", frame.getWidth(), 1, MAX_SIDE);
        Check.range("sensor_event.image.height", frame.getHeight(), 1, MAX_SIDE);
        if (frame.getChannels() != 1 && frame.getChannels() != 3) {
            throw Check.expected("1 or 3", "sensor_event.image.channels", frame.getChannels());
        }
        Check.specified("sensor_event.image.encoding", frame.getEncodingValue(), frame.getEncoding());
        Check.bytes("sensor_event.image.data", frame.getData(), 1, MAX_PAYLOAD_BYTES);
        if (frame.getEncoding() == ImageEncoding.IMAGE_ENCODING_RAW_U8) {
            Check.exactBytes(
                    "sensor_event.image.data",
                    frame.getData(),
                    (long) frame.getWidth() * frame.getHeight() * frame.getChannels(),
                    "width * height * channels");
        }
    }

    private static void features(FeatureTensor tensor) {
        String shape = "sensor_event.features.shape";
        int dimensions = tensor.getShapeCount();
        if (dimensions < 1 || dimensions > MAX_DIMENSIONS) {
            throw Check.expected("1 to " + MAX_DIMENSIONS + " dimensions", shape, dimensions);
        }
        long values = 1;
        for (int i = 0; i < dimensions; i++) {
            Check.range(shape + "[" + i + "]", tensor.getShape(i), 1, MAX_SIDE);
            values *= tensor.getShape(i);
        }
        if (values > MAX_VALUES) {
            throw Check.expected("at most " + MAX_VALUES + " values", shape, values);
        }
        ByteString bytes = tensor.getValues();
        String field = "sensor_event.features.values";
        Check.exactBytes(field, bytes, values * Float.BYTES, values + " values");
        LittleEndian.checkFloats(field, bytes, -Float.MAX_VALUE, Float.MAX_VALUE);
    }
}
