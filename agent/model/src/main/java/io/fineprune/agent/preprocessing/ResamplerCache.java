package io.fineprune.agent.preprocessing;

import java.util.LinkedHashMap;
import java.util.Map;

/** The resamplers to one rate that were used last, so that no sender can make tables pile up. Safe for several threads. */
final class ResamplerCache {
    private static final int CAPACITY = 8;

    private final int toHz;
    private final Map<Integer, Resampler> byRate = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Integer, Resampler> eldest) {
            return size() > CAPACITY;
        }
    };

    ResamplerCache(int toHz) {
        this.toHz = toHz;
    }

    /** Resamples the clip to this cache's rate; returns it unchanged if it has that rate. */
    Waveform convert(Waveform clip) {
        if (clip.sampleRateHz() == toHz) {
            return clip;
        }
        return new Waveform(from(clip.sampleRateHz()).resample(clip.samples()), toHz);
    }

    private synchronized Resampler from(int fromHz) {
        return byRate.computeIfAbsent(fromHz, rate -> new Resampler(rate, toHz));
    }
}
