package io.fineprune.agent.preprocessing;

import java.util.Arrays;

/** Cuts quiet beginnings and ends off a clip. */
final class Trimmer {
    private Trimmer() {}

    /** What lies between the first and the last 10 ms that are no more than so many decibels under the loudest. */
    static Waveform trim(Waveform clip, double decibels) {
        float[] samples = clip.samples();
        int block = Math.max(1, clip.sampleRateHz() / 100);
        int blocks = (samples.length + block - 1) / block;
        double[] energy = new double[blocks];
        double loudest = 0;
        for (int b = 0; b < blocks; b++) {
            int end = Math.min(samples.length, (b + 1) * block);
            for (int i = b * block; i < end; i++) {
                energy[b] += (double) samples[i] * samples[i];
            }
            loudest = Math.max(loudest, energy[b]);
        }
        if (loudest == 0) {
            return clip;
        }
        double threshold = loudest * Math.pow(10, -decibels / 10);
        int first = 0;
        while (energy[first] < threshold) {
            first++;
        }
        int last = blocks - 1;
        while (energy[last] < threshold) {
            last--;
        }
        if (first == 0 && last == blocks - 1) {
            return clip;
        }
        return new Waveform(
                Arrays.copyOfRange(samples, first * block, Math.min(samples.length, (last + 1) * block)),
                clip.sampleRateHz());
    }
}
