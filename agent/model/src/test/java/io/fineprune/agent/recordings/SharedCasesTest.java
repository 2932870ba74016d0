package io.fineprune.agent.recordings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.fineprune.agent.preprocessing.Decoded;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Files as recorders, telephones, cameras and programs write them, on the whole way through a message. */
class SharedCasesTest {
    /** Pictures that do not lie in the folder with the further cases. */
    private static final Set<String> FIRST = Set.of("i_bmp.bmp", "i_cmyk.jpg", "i_trunc.jpg", "i_webp.webp");

    private static DataCheck.Entry check(String name) throws Exception {
        Path cases = SharedData.beside("cases");
        boolean more =
                name.startsWith("a_") || name.startsWith("i.") || (name.startsWith("i_") && !FIRST.contains(name));
        DataCheck check = DataCheck.of(cases.resolve(more ? "more" : "").resolve(name), count -> {});
        return check.entries().get(0);
    }

    private static Decoded decode(String name) throws Exception {
        DataCheck.Entry entry = check(name);
        assertThat(entry.refusal()).isEmpty();
        return entry.decoded().orElseThrow();
    }

    @ParameterizedTest
    @CsvSource({
        "w_float64.wav, 4000, 0.3536, 0.0001",
        "w_pcm_mulaw.wav, 4000, 0.3525, 0.0001",
        "w_rf64.wav, 4000, 0.3535, 0.0001",
        "w_data_size_zero_unclosed.wav, 4000, 0.3535, 0.0001",
        "w_data_truncated.wav, 3000, 0.3535, 0.0001",
        "a_12in16.wav, 4000, 0.3535, 0.0001",
        "a_20in24.wav, 4000, 0.3535, 0.0001",
        "a_antiphase.wav, 4000, 0.3535, 0.0001",
        "a_arecord_7ff.wav, 4000, 0.3535, 0.0001",
        "a_data0.wav, 4000, 0.3535, 0.0001",
        "a_data_before_fmt.wav, 4000, 0.3535, 0.0001",
        "a_ext_float.wav, 4000, 0.3535, 0.0001",
        "a_id3_first.wav, 4000, 0.3535, 0.0001",
        "a_left_only.wav, 4000, 0.1768, 0.0001",
        "a_partframe.wav, 3999, 0.3535, 0.0001",
        "a_sf.aiff, 4000, 0.3535, 0.0001",
        "a_sf.au, 4000, 0.3535, 0.0001",
        "a_sf.rf64.wav, 4000, 0.3535, 0.0001",
        "a_sf.w64, 4000, 0.3535, 0.0001",
        "a_sf_double.wav, 4000, 0.3535, 0.0001",
        "a_sf_ms_adpcm.wav, 4000, 0.3535, 0.005",
        "a_sf_pcm_32.wav, 4000, 0.3535, 0.0001",
        "a_sf_ulaw.wav, 4000, 0.3535, 0.005",
        "a_silence.wav, 4000, 0, 0.0001",
        "a_stream_7fffffff.wav, 4000, 0.3535, 0.0001",
        "a_stream_80000000.wav, 4000, 0.3535, 0.0001",
        "a_trunc.wav, 3000, 0.3535, 0.0001",
        "a_two_data.wav, 2000, 0.3535, 0.0001"
    })
    void shouldHearWhatWasRecorded(String name, int frames, double rms, double near) throws Exception {
        assertThat(decode(name)).isInstanceOfSatisfying(Decoded.Sound.class, sound -> {
            assertThat(sound.sampleRateHz()).isEqualTo(8000);
            assertThat(sound.frames()).isEqualTo(frames);
            assertThat(sound.rms()).isCloseTo(rms, within(near));
        });
    }

    @ParameterizedTest
    @CsvSource({
        "i_cmyk.jpg, 60, 40, FF0000, 0000FF",
        "i_cmyk2.jpg, 60, 40, FF4000, 0040FF",
        "i_bmp.bmp, 60, 40, FF0000, 0000FF",
        "i_webp.webp, 60, 40, FF0000, 0000FF",
        "exif-3.jpg, 60, 40, FF0000, 0000FF",
        "exif-5.jpg, 60, 40, FF0000, 0000FF",
        "exif-6.jpg, 60, 40, FF0000, 0000FF",
        "i_exif2.jpg, 60, 40, 004000, FF40FF",
        "i_exif6.png, 40, 60, FF40FF, 004000",
        "i_exif7.jpg, 40, 60, 0040FF, FF4000",
        "i.gif, 60, 40, FF4000, 0040F0",
        "i_420.jpg, 60, 40, FF4000, 0040FF",
        "i_ffmpeg.jpg, 64, 48, FF0000, FF0000",
        "i_ga16.png, 60, 40, 000000, FFFFFF",
        "i_gama.png, 60, 40, FF4000, 0040FF",
        "i_grey.jpg, 60, 40, 727272, 434343",
        "i_grey16.png, 60, 40, 000000, FFFFFF",
        "i_grey2.png, 64, 40, 000000, FFFFFF",
        "i_grey_gama.png, 60, 40, 000000, FFFFFF",
        "i_la_black_on_transparent.png, 60, 40, FFFFFF, FFFFFF",
        "i_noeoi.jpg, 60, 40, FF4000, 0040FF",
        "i_pal_grey.png, 60, 40, 000000, FFFFFF",
        "i_prog.jpg, 60, 40, FF4000, 0040FF",
        "i_rgb16.png, 60, 40, FF4000, 0040FF",
        "i_rgb_ids.jpg, 60, 40, FF4000, 0040FF",
        "i_rgba_black_on_transparent.png, 60, 40, FFFFFF, FFFFFF"
    })
    void shouldSeeWhatWasPhotographed(String name, int width, int height, String first, String last) throws Exception {
        assertThat(decode(name)).isInstanceOfSatisfying(Decoded.Picture.class, picture -> {
            assertThat(picture.width()).isEqualTo(width);
            assertThat(picture.height()).isEqualTo(height);
            assertNear(picture.first(), first);
            assertNear(picture.last(), last);
        });
    }

    private static void assertNear(List<Integer> found, String colour) {
        int wanted = Integer.parseInt(colour, 16);
        for (int c = 0; c < 3; c++) {
            assertThat(found.get(c))
                    .as("component %d of %s", c, colour)
                    .isCloseTo(wanted >> (16 - 8 * c) & 0xff, within(12));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "i_trunc.jpg, cut off",
        "i_trunc2.jpg, cut off",
        "i_trunc.png, only 64 are left",
        "i.avif, AVIF",
        "i.tiff, TIFF",
        "w_flac.flac, FLAC",
        "w_opus.opus, Opus",
        "a_sf.flac, FLAC",
        "a_sf.mp3, MP3",
        "a_sf_gsm610.wav, GSM 6.10",
        "a_ext_badguid.wav, GUID",
        "a_float_i16scale.wav, 5549.713",
        "a_nan.wav, NaN",
        "a_rate0.wav, found 0"
    })
    void shouldNameWhatIsRefused(String name, String words) throws Exception {
        DataCheck.Entry entry = check(name);
        assertThat(entry.decoded()).isEmpty();
        assertThat(entry.refusal()).contains(words);
    }

    @Test
    void shouldCheckEveryFileOfAFolderThatHasNoLayout() throws Exception {
        DataCheck check = DataCheck.of(SharedData.beside("cases"), count -> {});
        assertThat(check.problem())
                .hasValueSatisfying(problem -> assertThat(problem).contains("beside the folders"));
        assertThat(check.entries()).hasSize(68);
        assertThat(check.entries())
                .filteredOn(entry -> entry.decoded().isEmpty())
                .hasSize(14);
    }
}
