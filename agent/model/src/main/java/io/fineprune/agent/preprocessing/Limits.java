package io.fineprune.agent.preprocessing;

/** Bounds on what comes from outside, checked before memory is allocated. Those of messages repeat the schema's. */
final class Limits {
    /** Bytes of an audio clip or image in a message. */
    static final int MAX_PAYLOAD_BYTES = 960_000;

    static final int MIN_SAMPLE_RATE_HZ = 4_000;
    static final int MAX_SAMPLE_RATE_HZ = 192_000;
    /** Largest sample rate at which a model takes sound. */
    static final int MAX_MODEL_SAMPLE_RATE_HZ = 48_000;

    static final int MIN_CLIP_MILLIS = 10;
    static final int MAX_CLIP_SECONDS = 60;
    static final int MAX_AUDIO_CHANNELS = 8;

    static final int MAX_PIXELS_PER_SIDE = 4_096;
    /** Most pixels that are decoded; of a larger image only every second, third, ... row and column is. */
    static final int MAX_DECODED_PIXELS = 2 << 20;

    static final int MAX_MODEL_PIXELS_PER_SIDE = 1_024;
    /** Numbers in a model's input. */
    static final int MAX_MODEL_VALUES = 1 << 22;

    private Limits() {}
}
