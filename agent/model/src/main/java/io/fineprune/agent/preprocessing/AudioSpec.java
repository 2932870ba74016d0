package io.fineprune.agent.preprocessing;

import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * Spectral frames [frames, bands] (log-mel) or [frames, coefficients] (MFCC). A clip is mixed to one channel, resampled,
 * trimmed, levelled, cut into {@code frames} windows (periodic Hann), transformed (FFT of the next power of two), summed
 * into triangular bands on the mel scale {@code 1127 ln(1 + f / 700)}, and its logarithm taken; the conventions, down to
 * the scale of the DCT-II, are those of tf.signal, so that models trained with it can be used.
 *
 * @param kind what a frame holds
 * @param sampleRateHz the rate clips are resampled to; 4000 to 48000
 * @param windowMillis length of a frame; more than 0, at most 200
 * @param hopMillis distance between starts of frames; more than 0, at most 200; the longest one with {@link Fit#STRETCH}
 * @param bands mel bands; 2 to 256
 * @param frames 1 to 1024
 * @param coefficients cepstral coefficients kept; 1 to bands with MFCC, 0 with LOG_MEL
 * @param lowHz lower edge of the lowest band; at least 0
 * @param highHz upper edge of the highest band; more than lowHz, at most half the sample rate
 * @param fit how a clip of any length becomes that many frames
 * @param trimDecibels leading and trailing stretches this much quieter than the loudest 10 ms are cut off; 0: none; at
 *     most 120
 * @param level what is done to the waveform's level
 * @param spectrum what is summed into bands
 * @param logFloor added before the logarithm; more than 0
 * @param normalisation what is done to the finished frames
 */
public record AudioSpec(
        Kind kind,
        int sampleRateHz,
        double windowMillis,
        double hopMillis,
        int bands,
        int frames,
        int coefficients,
        double lowHz,
        double highHz,
        Fit fit,
        double trimDecibels,
        Level level,
        Spectrum spectrum,
        double logFloor,
        Normalisation normalisation)
        implements PreprocessingSpec {

    /** Kind of numbers that a frame holds. */
    public enum Kind {
        /** Logarithms of the bands. */
        @JsonProperty("log-mel")
        LOG_MEL,
        /** The first coefficients of their DCT-II, scaled by sqrt(2 / bands). */
        @JsonProperty("mfcc")
        MFCC
    }

    /** How a clip of any length becomes the wanted number of frames. */
    public enum Fit {
        /** Silence on both sides, or the middle cut out. */
        @JsonProperty("centre")
        CENTRE,
        /** Silence after the end, or the end cut off. */
        @JsonProperty("start")
        START,
        /** Frames spread evenly from the clip's first sample to its last; hopMillis is not used. */
        @JsonProperty("stretch")
        STRETCH
    }

    /** Way in which the waveform's level is changed before it is cut into frames. */
    public enum Level {
        /** The level stays as it was recorded; full scale is 1. */
        @JsonProperty("as-is")
        AS_IS,
        /** Divided by its largest magnitude. */
        @JsonProperty("peak")
        PEAK
    }

    /** Spectrum whose bins are summed into bands. */
    public enum Spectrum {
        @JsonProperty("magnitude")
        MAGNITUDE,
        @JsonProperty("power")
        POWER
    }

    /** Normalisation of the finished frames. */
    public enum Normalisation {
        @JsonProperty("none")
        NONE,
        /** All numbers of a clip together to mean 0 and deviation 1. */
        @JsonProperty("clip")
        CLIP,
        /** Each band or coefficient of a clip to mean 0, then all together to deviation 1. */
        @JsonProperty("band")
        BAND
    }

    public AudioSpec {
        Problems problems = new Problems("audio");
        problems.given("kind", kind);
        problems.range("sampleRateHz", sampleRateHz, Limits.MIN_SAMPLE_RATE_HZ, Limits.MAX_MODEL_SAMPLE_RATE_HZ);
        problems.positive("windowMillis", windowMillis, 200);
        problems.positive("hopMillis", hopMillis, 200);
        problems.range("bands", bands, 2, 256);
        problems.range("frames", frames, 1, 1024);
        if (kind == Kind.MFCC) {
            problems.range("coefficients", coefficients, 1, bands);
        } else {
            problems.check(coefficients == 0, "coefficients: expected 0 with log-mel, found " + coefficients);
        }
        problems.check(lowHz >= 0, "lowHz: expected at least 0, found " + lowHz);
        problems.check(
                highHz > lowHz && highHz <= sampleRateHz / 2.0,
                "highHz: expected more than lowHz " + lowHz + " and at most half the sample rate, found " + highHz);
        problems.given("fit", fit);
        problems.check(
                trimDecibels >= 0 && trimDecibels <= 120, "trimDecibels: expected 0 to 120, found " + trimDecibels);
        problems.given("level", level);
        problems.given("spectrum", spectrum);
        problems.positive("logFloor", logFloor, 1);
        problems.given("normalisation", normalisation);
        problems.throwIfAny();
    }

    /** Returns how many numbers a frame holds. */
    public int featuresPerFrame() {
        return kind == Kind.MFCC ? coefficients : bands;
    }

    /**
     * Log-mel frames stretched over the spoken part of a short clip, for models that are trained with it. On the Free Spoken
     * Digit Dataset, with a classifier that never heard the speaker, stretching was better than centring, trimming better
     * than not, one mean for the whole clip better than one for each band; window and floor hardly mattered.
     */
    public static AudioSpec logMel(int sampleRateHz, int bands, int frames) {
        return new AudioSpec(
                Kind.LOG_MEL,
                sampleRateHz,
                32,
                16,
                bands,
                frames,
                0,
                60,
                Math.min(sampleRateHz / 2.0, 7600),
                Fit.STRETCH,
                40,
                Level.PEAK,
                Spectrum.POWER,
                1e-6,
                Normalisation.CLIP);
    }

    /** The input of MLPerf Tiny's keyword spotting: 49 frames of 10 coefficients from one second at 16 kHz. */
    public static AudioSpec keywordSpotting() {
        return new AudioSpec(
                Kind.MFCC,
                16000,
                30,
                20,
                40,
                49,
                10,
                20,
                4000,
                Fit.START,
                0,
                Level.PEAK,
                Spectrum.MAGNITUDE,
                1e-6,
                Normalisation.NONE);
    }
}
