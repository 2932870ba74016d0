package io.fineprune.agent.preprocessing;

import io.fineprune.agent.preprocessing.AudioSpec.Kind;
import io.fineprune.agent.preprocessing.AudioSpec.Level;
import io.fineprune.agent.preprocessing.AudioSpec.Normalisation;
import io.fineprune.agent.preprocessing.AudioSpec.Spectrum;
import java.util.Arrays;

/**
 * Log-mel or cepstral frames of a waveform. All tables are made once; a thread's working memory too, so that a clip costs
 * the memory of its result. Safe for use by several threads.
 */
final class SpectralFrames {
    private static final double MIN_DEVIATION = 1e-5;

    private final AudioSpec spec;
    private final int windowSamples;
    private final int hopSamples;
    private final double[] window;
    private final RealFft fft;
    private final MelFilters filters;
    private final CosineTransform cosines;
    private final ThreadLocal<Scratch> scratch;

    /** Arrays that one thread works in, so that clips allocate nothing. */
    private static final class Scratch {
        final double[] re;
        final double[] im;
        final double[] power;
        final double[] bands;

        Scratch(RealFft fft, int bands) {
            this.re = new double[fft.size() / 2];
            this.im = new double[fft.size() / 2];
            this.power = new double[fft.bins()];
            this.bands = new double[bands];
        }
    }

    SpectralFrames(AudioSpec spec) {
        this.spec = spec;
        this.windowSamples = (int) Math.max(2, Math.round(spec.windowMillis() * spec.sampleRateHz() / 1000));
        this.hopSamples = (int) Math.max(1, Math.round(spec.hopMillis() * spec.sampleRateHz() / 1000));
        this.window = new double[windowSamples];
        for (int i = 0; i < windowSamples; i++) {
            window[i] = 0.5 - 0.5 * StrictMath.cos(2 * Math.PI * i / windowSamples);
        }
        int size = Math.max(4, Integer.highestOneBit(windowSamples - 1) << 1);
        this.fft = new RealFft(size);
        this.filters = new MelFilters(spec.bands(), fft.bins(), spec.sampleRateHz(), spec.lowHz(), spec.highHz());
        this.cosines = new CosineTransform(spec.bands(), Math.max(1, spec.coefficients()));
        this.scratch = ThreadLocal.withInitial(() -> new Scratch(fft, spec.bands()));
    }

    /**
     * Computes the frames of a clip at the specification's rate.
     *
     * @return [frames, bands or coefficients]
     */
    float[] of(float[] samples) {
        int features = spec.featuresPerFrame();
        float[] out = new float[spec.frames() * features];
        double gain = spec.level() == Level.PEAK ? peakGain(samples) : 1;
        Scratch memory = scratch.get();
        for (int frame = 0; frame < spec.frames(); frame++) {
            Arrays.fill(memory.bands, 0);
            switch (spec.fit()) {
                case START -> addBands(samples, frame * hopSamples, gain, memory);
                case CENTRE -> addBands(samples, centred(samples.length) + frame * hopSamples, gain, memory);
                case STRETCH -> addStretched(samples, frame, gain, memory);
            }
            for (int band = 0; band < memory.bands.length; band++) {
                memory.bands[band] = Math.log(memory.bands[band] + spec.logFloor());
            }
            if (spec.kind() == Kind.MFCC) {
                cosines.transform(memory.bands, out, frame * features);
            } else {
                for (int band = 0; band < memory.bands.length; band++) {
                    out[frame * features + band] = (float) memory.bands[band];
                }
            }
        }
        normalise(out, features);
        return out;
    }

    private int centred(int samples) {
        return Math.floorDiv(samples - ((spec.frames() - 1) * hopSamples + windowSamples), 2);
    }

    /** The mean of as many windows as it takes to leave no sample between two frames out. */
    private void addStretched(float[] samples, int frame, double gain, Scratch memory) {
        int room = samples.length - windowSamples;
        if (room <= 0) {
            addBands(samples, Math.floorDiv(room, 2), gain, memory);
            return;
        }
        int frames = spec.frames();
        double distance = frames == 1 ? room : (double) room / (frames - 1);
        double longest = Math.min(hopSamples, windowSamples);
        int windows = (int) Math.max(1, Math.ceil(distance / longest));
        for (int w = 0; w < windows; w++) {
            double position = frames == 1 ? 0.5 : (double) frame / (frames - 1);
            double start = position * room + ((w + 0.5) / windows - 0.5) * distance;
            addBands(samples, (int) Math.max(0, Math.min(room, Math.rint(start))), gain, memory);
        }
        for (int band = 0; band < memory.bands.length; band++) {
            memory.bands[band] /= windows;
        }
    }

    /** Adds the bands of the window that begins at a sample; around the clip is silence. */
    private void addBands(float[] samples, int start, double gain, Scratch memory) {
        if (start >= samples.length || start + windowSamples <= 0) {
            return;
        }
        double[] re = memory.re;
        double[] im = memory.im;
        for (int i = 0; i < fft.size(); i += 2) {
            int slot = fft.slot(i);
            re[slot] = windowed(samples, start, i) * gain;
            im[slot] = windowed(samples, start, i + 1) * gain;
        }
        fft.power(re, im, memory.power);
        if (spec.spectrum() == Spectrum.MAGNITUDE) {
            for (int bin = 0; bin < memory.power.length; bin++) {
                memory.power[bin] = Math.sqrt(memory.power[bin]);
            }
        }
        for (int band = 0; band < memory.bands.length; band++) {
            memory.bands[band] += filters.sum(band, memory.power);
        }
    }

    private double windowed(float[] samples, int start, int index) {
        int position = start + index;
        return index < windowSamples && position >= 0 && position < samples.length
                ? samples[position] * window[index]
                : 0;
    }

    private static double peakGain(float[] samples) {
        float peak = 0;
        for (float sample : samples) {
            peak = Math.max(peak, Math.abs(sample));
        }
        return peak > 0 ? 1.0 / peak : 1;
    }

    private void normalise(float[] values, int features) {
        if (spec.normalisation() == Normalisation.NONE) {
            return;
        }
        int groups = spec.normalisation() == Normalisation.BAND ? features : 1;
        double squares = 0;
        for (int group = 0; group < groups; group++) {
            double sum = 0;
            for (int i = group; i < values.length; i += groups) {
                sum += values[i];
            }
            double mean = sum * groups / values.length;
            for (int i = group; i < values.length; i += groups) {
                values[i] = (float) (values[i] - mean);
                squares += (double) values[i] * values[i];
            }
        }
        double deviation = Math.max(MIN_DEVIATION, Math.sqrt(squares / values.length));
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (values[i] / deviation);
        }
    }
}
