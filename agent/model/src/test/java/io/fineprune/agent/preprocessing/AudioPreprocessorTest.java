package io.fineprune.agent.preprocessing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.fineprune.agent.preprocessing.AudioSpec.Fit;
import io.fineprune.agent.preprocessing.AudioSpec.Kind;
import io.fineprune.agent.preprocessing.AudioSpec.Level;
import io.fineprune.agent.preprocessing.AudioSpec.Normalisation;
import io.fineprune.agent.preprocessing.AudioSpec.Spectrum;
import io.fineprune.schemas.v1.AudioEncoding;
import io.fineprune.schemas.v1.SensorEvent;
import io.fineprune.topology.activation.ModelInput;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Audio clips to frames, against signals whose frames are known. */
class AudioPreprocessorTest {
    private static AudioSpec logMel(Fit fit, double trimDecibels, Level level, Normalisation normalisation) {
        return new AudioSpec(
                Kind.LOG_MEL,
                8000,
                32,
                10,
                32,
                32,
                0,
                60,
                4000,
                fit,
                trimDecibels,
                level,
                Spectrum.POWER,
                1e-6,
                normalisation);
    }

    private static Preprocessor plain(Fit fit) {
        return Preprocessors.create(logMel(fit, 0, Level.AS_IS, Normalisation.NONE), new int[] {32, 32, 1});
    }

    private static int loudestBand(float[] values, int frame) {
        int best = 0;
        for (int band = 1; band < 32; band++) {
            if (values[frame * 32 + band] > values[frame * 32 + best]) {
                best = band;
            }
        }
        return best;
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 9, 17, 25, 30})
    void shouldBeLoudestInTheBandOfTheSine(int band) throws Exception {
        double low = 1127 * Math.log1p(60 / 700.0);
        double step = (1127 * Math.log1p(4000 / 700.0) - low) / 33;
        double hertz = 700 * Math.expm1((low + step * (band + 1)) / 1127);
        SensorEvent event = Fixtures.wavEvent(Fixtures.sine(hertz, 8000, 6000, 0.5), 8000);
        for (Fit fit : Fit.values()) {
            float[] values = Fixtures.values(plain(fit), event);
            for (int frame = 0; frame < 32; frame++) {
                assertThat(loudestBand(values, frame))
                        .as("%s frame %d", fit, frame)
                        .isEqualTo(band);
            }
        }
    }

    @Test
    void shouldFindTheSameFramesWhateverTheSampleRateOfTheClip() throws Exception {
        Preprocessor preprocessor = plain(Fit.STRETCH);
        float[] at8 = Fixtures.values(preprocessor, Fixtures.wavEvent(Fixtures.sine(1000, 8000, 4000, 0.5), 8000));
        float[] at44 = Fixtures.values(preprocessor, Fixtures.wavEvent(Fixtures.sine(1000, 44100, 22050, 0.5), 44100));
        for (int frame = 2; frame < 30; frame++) {
            int band = loudestBand(at8, frame);
            assertThat(at44[frame * 32 + band]).isCloseTo(at8[frame * 32 + band], within(0.02f));
        }
    }

    @Test
    void shouldPutAShortClipInTheMiddleWhenCentred() throws Exception {
        float[] values = Fixtures.values(plain(Fit.CENTRE), Fixtures.wavEvent(Fixtures.sine(900, 8000, 400, 1), 8000));
        float silence = (float) Math.log(1e-6);
        assertThat(values[loudestBand(values, 15)]).isEqualTo(silence);
        for (int frame = 0; frame < 32; frame++) {
            int band = loudestBand(values, frame);
            if (frame < 10 || frame > 21) {
                assertThat(values[frame * 32 + band]).isEqualTo(silence);
            }
        }
        assertThat(values[15 * 32 + loudestBand(values, 15)]).isGreaterThan(3);
        float[] atStart = Fixtures.values(plain(Fit.START), Fixtures.wavEvent(Fixtures.sine(900, 8000, 400, 1), 8000));
        assertThat(atStart[loudestBand(atStart, 0)]).isGreaterThan(3);
        assertThat(atStart[31 * 32]).isEqualTo(silence);
    }

    @Test
    void shouldLeaveNothingOutWhenALongClipIsStretched() throws Exception {
        float[] samples = new float[8000 * 20];
        // A click of 5 ms lies between two of 32 frames, which are 0.64 s apart.
        Arrays.fill(samples, 51_000, 51_040, 0.9f);
        float[] values = Fixtures.values(plain(Fit.STRETCH), Fixtures.wavEvent(samples, 8000));
        int loud = 0;
        for (float value : values) {
            loud += value > -10 ? 1 : 0;
        }
        assertThat(loud).isPositive();
    }

    @Test
    void shouldCutSilenceOffWhenTrimming() throws Exception {
        float[] spoken = Fixtures.sine(700, 8000, 2400, 0.6);
        float[] padded = new float[8000];
        System.arraycopy(spoken, 0, padded, 2400, 2400);
        Preprocessor trimming =
                Preprocessors.create(logMel(Fit.STRETCH, 40, Level.AS_IS, Normalisation.NONE), new int[] {32, 32});
        assertThat(Fixtures.values(trimming, Fixtures.wavEvent(padded, 8000)))
                .isEqualTo(Fixtures.values(trimming, Fixtures.wavEvent(spoken, 8000)));
    }

    @Test
    void shouldNotDependOnLoudnessWhenLevelIsPeak() throws Exception {
        Preprocessor preprocessor =
                Preprocessors.create(logMel(Fit.CENTRE, 0, Level.PEAK, Normalisation.NONE), new int[] {32, 32});
        byte[] loud = floats(Fixtures.sine(500, 8000, 4000, 0.5));
        byte[] quiet = floats(Fixtures.sine(500, 8000, 4000, 0.5 / 64));
        AudioEncoding f32 = AudioEncoding.AUDIO_ENCODING_PCM_F32LE;
        float[] expected = Fixtures.values(preprocessor, Fixtures.audio(8000, f32, loud));
        float[] found = Fixtures.values(preprocessor, Fixtures.audio(8000, f32, quiet));
        for (int i = 0; i < expected.length; i++) {
            assertThat(found[i]).isCloseTo(expected[i], within(1e-3f));
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Normalisation.class,
            names = {"CLIP", "BAND"})
    void shouldYieldMean0AndDeviation1WhenNormalised(Normalisation normalisation) throws Exception {
        Preprocessor preprocessor =
                Preprocessors.create(logMel(Fit.STRETCH, 0, Level.AS_IS, normalisation), new int[] {1024});
        float[] noise = new float[5000];
        Random random = new Random(3);
        for (int i = 0; i < noise.length; i++) {
            noise[i] = (float) (random.nextGaussian() * 0.1);
        }
        float[] values = Fixtures.values(preprocessor, Fixtures.wavEvent(noise, 8000));
        double sum = 0;
        double squares = 0;
        for (float value : values) {
            sum += value;
            squares += value * value;
        }
        assertThat(sum / 1024).isCloseTo(0, within(1e-5));
        assertThat(squares / 1024).isCloseTo(1, within(1e-5));
        float[] silence = Fixtures.values(preprocessor, Fixtures.wavEvent(new float[5000], 8000));
        for (float value : silence) {
            assertThat(value).isCloseTo(0f, within(1f)).isFinite();
        }
    }

    @Test
    void shouldYieldTheFramesOfKeywordSpotting() throws Exception {
        Preprocessor preprocessor = Preprocessors.create(AudioSpec.keywordSpotting(), new int[] {49, 10, 1});
        float[] values = Fixtures.values(preprocessor, Fixtures.wavEvent(Fixtures.sine(440, 16000, 16000, 0.3), 16000));
        assertThat(values).hasSize(490);
        float[] silence = Fixtures.values(preprocessor, Fixtures.wavEvent(new float[16000], 16000));
        // All bands ln(1e-6): only the constant coefficient is not 0, sqrt(2 / 40) * 40 * ln(1e-6).
        assertThat(silence[0]).isCloseTo((float) (Math.sqrt(80) * Math.log(1e-6)), within(1e-3f));
        for (int k = 1; k < 10; k++) {
            assertThat(silence[k]).isCloseTo(0f, within(1e-4f));
        }
    }

    @Test
    void shouldEqualThePlainDefinitionOfEveryStep() throws Exception {
        Random random = new Random(9);
        float[] samples = new float[16000];
        for (int i = 0; i < samples.length; i++) {
            samples[i] = (random.nextInt(65536) - 32768) / 32768f;
        }
        Preprocessor preprocessor = Preprocessors.create(AudioSpec.keywordSpotting(), new int[] {49, 10, 1});
        float[] found = Fixtures.values(preprocessor, Fixtures.wavEvent(samples, 16000));
        double peak = 0;
        for (float sample : samples) {
            peak = Math.max(peak, Math.abs(sample));
        }
        for (int frame : new int[] {0, 20, 48}) {
            double[] logMel = new double[40];
            double low = 1127 * Math.log1p(20 / 700.0);
            double step = (1127 * Math.log1p(4000 / 700.0) - low) / 41;
            for (int bin = 1; bin <= 256; bin++) {
                double re = 0;
                double im = 0;
                for (int i = 0; i < 480; i++) {
                    double x = samples[frame * 320 + i] / peak * (0.5 - 0.5 * Math.cos(2 * Math.PI * i / 480));
                    re += x * Math.cos(2 * Math.PI * bin * i / 512);
                    im += x * Math.sin(2 * Math.PI * bin * i / 512);
                }
                double mel = 1127 * Math.log1p(bin * 31.25 / 700);
                for (int band = 0; band < 40; band++) {
                    double rising = (mel - (low + band * step)) / step;
                    logMel[band] += Math.hypot(re, im) * Math.max(0, Math.min(rising, 2 - rising));
                }
            }
            for (int k = 0; k < 10; k++) {
                double sum = 0;
                for (int band = 0; band < 40; band++) {
                    sum += Math.log(logMel[band] + 1e-6) * Math.cos(Math.PI * k * (band + 0.5) / 40);
                }
                assertThat(found[frame * 10 + k]).isCloseTo((float) (sum * Math.sqrt(2 / 40.0)), within(2e-4f));
            }
        }
    }

    @Test
    void shouldReadEveryEncodingAlike() throws Exception {
        Preprocessor preprocessor = plain(Fit.CENTRE);
        float[] samples = Fixtures.sine(1200, 8000, 3000, 0.5);
        float[] expected = Fixtures.values(preprocessor, Fixtures.wavEvent(samples, 8000));
        List<SensorEvent> same = new ArrayList<>();
        same.add(wav(1, 1, 32, samples));
        same.add(wav(1, 2, 16, samples));
        same.add(wav(1, 1, 24, samples));
        same.add(wav(3, 1, 32, samples));
        same.add(wav(3, 3, 32, samples));
        byte[] s16 = new Waveform(samples, 8000).toWav();
        same.add(Fixtures.audio(8000, AudioEncoding.AUDIO_ENCODING_PCM_S16LE, Arrays.copyOfRange(s16, 44, s16.length)));
        same.add(Fixtures.audio(8000, AudioEncoding.AUDIO_ENCODING_PCM_F32LE, floats(samples)));
        for (SensorEvent event : same) {
            float[] found = Fixtures.values(preprocessor, event);
            for (int frame = 0; frame < 32; frame++) {
                int band = loudestBand(expected, frame);
                assertThat(found[frame * 32 + band]).isCloseTo(expected[frame * 32 + band], within(0.01f));
            }
        }
        float[] coarse = Fixtures.values(preprocessor, wav(1, 1, 8, samples));
        assertThat(coarse[16 * 32 + 15]).isCloseTo(expected[16 * 32 + 15], within(0.5f));
    }

    @Test
    void shouldPassPlainWavOnAndConvertAnyOther() throws Exception {
        Preprocessor preprocessor = Preprocessors.create(new EncodedSpec(16000), new int[0]);
        byte[] plain = new Waveform(Fixtures.sine(300, 16000, 1600, 0.5), 16000).toWav();
        assertThat(encoded(preprocessor, Fixtures.audio(16000, AudioEncoding.AUDIO_ENCODING_WAV, plain)))
                .isEqualTo(plain);
        byte[] converted = encoded(preprocessor, wav(3, 2, 32, Fixtures.sine(300, 8000, 800, 0.5)));
        Wav header = Wav.parse(ByteBuffer.wrap(converted));
        assertThat(header).isEqualTo(new Wav(16000, 1, SampleFormat.PCM_16, 44, 3200));
        assertThat(converted).hasSize(3244);
    }

    @Test
    void shouldYieldTheSameBitsInEveryThread() throws Exception {
        Preprocessor preprocessor = Preprocessors.create(AudioSpec.logMel(8000, 32, 32), new int[] {32, 32, 1});
        List<SensorEvent> events = new ArrayList<>();
        List<float[]> expected = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            events.add(Fixtures.wavEvent(Fixtures.sine(200 + 70 * i, 16000, 3000 + 100 * i, 0.5), 16000));
            expected.add(Fixtures.values(preprocessor, events.get(i)));
        }
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            List<Future<float[]>> found = new ArrayList<>();
            for (SensorEvent event : events) {
                found.add(threads.submit(() -> Fixtures.values(preprocessor, event)));
            }
            for (int i = 0; i < events.size(); i++) {
                assertThat(found.get(i).get()).isEqualTo(expected.get(i));
            }
        } finally {
            threads.shutdownNow();
        }
    }

    private static byte[] encoded(Preprocessor preprocessor, SensorEvent event) throws Exception {
        return ((ModelInput.Encoded) preprocessor.prepare(event)).bytes();
    }

    private static byte[] floats(float[] samples) {
        ByteBuffer out = ByteBuffer.allocate(4 * samples.length).order(ByteOrder.LITTLE_ENDIAN);
        for (float sample : samples) {
            out.putFloat(sample);
        }
        return out.array();
    }

    /** The same samples in every channel. */
    private static SensorEvent wav(int tag, int channels, int bits, float[] samples) {
        ByteBuffer out =
                ByteBuffer.allocate(samples.length * channels * bits / 8).order(ByteOrder.LITTLE_ENDIAN);
        for (float sample : samples) {
            for (int c = 0; c < channels; c++) {
                if (tag == 3) {
                    out.putFloat(sample);
                } else if (bits == 8) {
                    out.put((byte) Math.round(sample * 127 + 128));
                } else if (bits == 16) {
                    out.putShort((short) Math.round(sample * 32768));
                } else if (bits == 24) {
                    int value = Math.round(sample * (1 << 23));
                    out.put((byte) value).put((byte) (value >> 8)).put((byte) (value >> 16));
                } else {
                    out.putInt((int) (sample * 2147483647.0));
                }
            }
        }
        byte[] data = out.array();
        return Fixtures.audio(
                8000, AudioEncoding.AUDIO_ENCODING_WAV, Fixtures.wav(tag, channels, 8000, bits, data.length, data));
    }
}
