package io.fineprune.agent.preprocessing;

import io.fineprune.schemas.v1.AudioClip;
import io.fineprune.topology.activation.UnusableEventException;

/** Turns an audio clip into spectral frames, [frames, bands or coefficients]. */
final class AudioPreprocessor {
    private final AudioSpec spec;
    private final ResamplerCache resamplers;
    private final SpectralFrames frames;

    AudioPreprocessor(AudioSpec spec) {
        this.spec = spec;
        this.resamplers = new ResamplerCache(spec.sampleRateHz());
        this.frames = new SpectralFrames(spec);
    }

    float[] prepare(AudioClip clip) throws UnusableEventException {
        Waveform waveform = AudioDecoder.decode(clip);
        if (spec.trimDecibels() > 0) {
            waveform = Trimmer.trim(waveform, spec.trimDecibels());
        }
        return frames.of(resamplers.convert(waveform).samples());
    }
}
