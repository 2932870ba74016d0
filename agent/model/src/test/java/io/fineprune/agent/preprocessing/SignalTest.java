package io.fineprune.agent.preprocessing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Transforms against their definitions. */
class SignalTest {
    @ParameterizedTest
    @ValueSource(ints = {4, 8, 256, 512})
    void shouldEqualTheDefinitionOfTheFourierTransform(int size) {
        Random random = new Random(size);
        double[] signal = random.doubles(size, -1, 1).toArray();
        RealFft fft = new RealFft(size);
        double[] re = new double[size / 2];
        double[] im = new double[size / 2];
        for (int i = 0; i < size; i += 2) {
            re[fft.slot(i)] = signal[i];
            im[fft.slot(i)] = signal[i + 1];
        }
        double[] power = new double[fft.bins()];
        fft.power(re, im, power);
        for (int k = 0; k <= size / 2; k++) {
            double real = 0;
            double imaginary = 0;
            for (int i = 0; i < size; i++) {
                real += signal[i] * Math.cos(2 * Math.PI * k * i / size);
                imaginary -= signal[i] * Math.sin(2 * Math.PI * k * i / size);
            }
            assertThat(power[k]).isCloseTo(real * real + imaginary * imaginary, within(1e-9 * size));
        }
    }

    @Test
    void shouldYieldOneCoefficientWhenTheInputIsACosineOfTheTransform() {
        int inputs = 40;
        CosineTransform transform = new CosineTransform(inputs, 10);
        for (int wanted = 1; wanted < 10; wanted++) {
            double[] in = new double[inputs];
            for (int i = 0; i < inputs; i++) {
                in[i] = Math.cos(Math.PI * wanted * (i + 0.5) / inputs);
            }
            float[] out = new float[10];
            transform.transform(in, out, 0);
            for (int k = 0; k < 10; k++) {
                assertThat(out[k]).isCloseTo(k == wanted ? (float) Math.sqrt(inputs / 2.0) : 0, within(1e-5f));
            }
        }
    }

    @Test
    void shouldKeepTheEnergyWhenAllCoefficientsAreKept() {
        int inputs = 16;
        double[] in = new Random(5).doubles(inputs, -1, 1).toArray();
        float[] out = new float[inputs];
        new CosineTransform(inputs, inputs).transform(in, out, 0);
        double before = 0;
        double after = -0.5 * out[0] * out[0];
        for (int i = 0; i < inputs; i++) {
            before += in[i] * in[i];
            after += out[i] * out[i];
        }
        assertThat(after).isCloseTo(before, within(1e-5));
    }

    @ParameterizedTest
    @CsvSource({"8000,16000", "16000,8000", "44100,16000", "48000,8000", "11025,16000", "44101,16000", "191999,8000"})
    void shouldKeepASineWithin70DecibelsWhenTheRateChanges(int fromHz, int toHz) {
        double hertz = 0.3 * Math.min(fromHz, toHz);
        float[] out = new Resampler(fromHz, toHz).resample(Fixtures.sine(hertz, fromHz, fromHz / 2, 1));
        float[] expected = Fixtures.sine(hertz, toHz, out.length, 1);
        assertThat(out.length).isCloseTo(toHz / 2, within(1));
        int margin = out.length / 10;
        double worst = 0;
        for (int i = margin; i < out.length - margin; i++) {
            worst = Math.max(worst, Math.abs(out[i] - expected[i]));
        }
        assertThat(worst).isLessThan(3e-4);
    }

    @ParameterizedTest
    @CsvSource({"16000,8000,5000", "48000,16000,11000", "44101,16000,9500"})
    void shouldRemoveWhatTheLowerRateCannotHold(int fromHz, int toHz, double hertz) {
        float[] out = new Resampler(fromHz, toHz).resample(Fixtures.sine(hertz, fromHz, fromHz / 2, 1));
        for (int i = out.length / 10; i < out.length * 9 / 10; i++) {
            assertThat(Math.abs(out[i])).isLessThan(3e-4f);
        }
    }

    @Test
    void shouldSumTrianglesToOneBetweenTheFirstAndLastTop() {
        MelFilters filters = new MelFilters(40, 257, 16000, 20, 4000);
        for (int bin = 3; bin * 31.25 < 3700; bin++) {
            double[] spectrum = new double[257];
            spectrum[bin] = 1;
            double sum = 0;
            for (int band = 0; band < filters.bands(); band++) {
                sum += filters.sum(band, spectrum);
            }
            assertThat(sum).as("bin %d", bin).isCloseTo(1, within(1e-9));
        }
    }

    @Test
    void shouldSayWhichBandIsEmptyWhenBinsAreTooFarApart() {
        assertThatThrownBy(() -> new MelFilters(128, 65, 8000, 20, 4000))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("band 0 of 128")
                .hasMessageContaining("longer window");
    }
}
