package io.fineprune.agent.preprocessing;

/**
 * The model's graph decodes WAV itself. It gets 16 bit mono PCM in a plain header: a clip that is like that already
 * passes as it came, any other is converted.
 *
 * @param sampleRateHz samples per second that the graph expects; 4000 to 48000
 */
public record EncodedSpec(int sampleRateHz) implements PreprocessingSpec {
    public EncodedSpec {
        Problems problems = new Problems("encoded");
        problems.range("sampleRateHz", sampleRateHz, Limits.MIN_SAMPLE_RATE_HZ, Limits.MAX_MODEL_SAMPLE_RATE_HZ);
        problems.throwIfAny();
    }
}
