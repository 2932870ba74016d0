package io.fineprune.agent.preprocessing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.google.protobuf.ByteString;
import io.fineprune.schemas.v1.AudioClip;
import io.fineprune.schemas.v1.AudioEncoding;
import io.fineprune.topology.activation.UnusableEventException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Recordings as recorders, telephones and programs write them. */
class WavFormatsTest {
    private static final int RATE = 8000;
    private static final String PLAIN_GUID = "000000001000800000AA00389B71";

    private static final class Bytes {
        private final ByteBuffer out = ByteBuffer.allocate(1 << 16).order(ByteOrder.LITTLE_ENDIAN);

        Bytes text(String ascii) {
            out.put(ascii.getBytes(StandardCharsets.US_ASCII));
            return this;
        }

        Bytes hex(String digits) {
            out.put(HexFormat.of().parseHex(digits));
            return this;
        }

        Bytes shorts(int... values) {
            for (int value : values) {
                out.putShort((short) value);
            }
            return this;
        }

        Bytes ints(long... values) {
            for (long value : values) {
                out.putInt((int) value);
            }
            return this;
        }

        Bytes longs(long... values) {
            for (long value : values) {
                out.putLong(value);
            }
            return this;
        }

        Bytes fmt(int tag, int channels, int blockBytes, int bits) {
            return text("fmt ").ints(16).shorts(tag, channels).ints(RATE, 0).shorts(blockBytes, bits);
        }

        byte[] array() {
            byte[] bytes = new byte[out.position()];
            out.flip().get(bytes);
            return bytes;
        }
    }

    private static Bytes riff() {
        return new Bytes().text("RIFF").ints(0).text("WAVE");
    }

    private static float[] decode(Bytes bytes) throws UnusableEventException {
        return AudioDecoder.decode(clip(bytes)).samples();
    }

    private static AudioClip clip(Bytes bytes) {
        return AudioClip.newBuilder()
                .setSampleRateHz(RATE)
                .setEncoding(AudioEncoding.AUDIO_ENCODING_WAV)
                .setData(ByteString.copyFrom(bytes.array()))
                .build();
    }

    /** 80 frames, 10 ms: the shortest that is taken. */
    private static int[] ramp(int factor) {
        int[] ramp = new int[80];
        for (int i = 0; i < ramp.length; i++) {
            ramp[i] = i * factor;
        }
        return ramp;
    }

    private static float[] scaled(int[] values) {
        float[] scaled = new float[values.length];
        for (int i = 0; i < values.length; i++) {
            scaled[i] = values[i] / 32768f;
        }
        return scaled;
    }

    /** Values of ITU-T G.711 in the units of 16 bits that its reference software uses. */
    @ParameterizedTest
    @CsvSource({
        "6, D5, 8", "6, 55, -8", "6, AA, 32256", "6, 2A, -32256", "6, C5, 264", "6, 95, 2112",
        "7, FF, 0", "7, 7F, 0", "7, 80, 32124", "7, 00, -32124", "7, EF, 132", "7, B5, 3260"
    })
    void shouldDecodeTelephony(int tag, String code, int value) throws Exception {
        assertThat(decode(riff().fmt(tag, 1, 1, 8).text("data").ints(80).hex(code.repeat(80)))[40])
                .isEqualTo(value / 32768f);
    }

    /** By hand: step 7 at index 0; code 7 adds 0 + 7 + 3 + 1 = 11 and goes to step 16 (index 8), whose code 9 takes 2 + 4. */
    @Test
    void shouldDecodeImaAdpcmBlockByBlock() throws Exception {
        float[] samples = decode(
                riff().fmt(17, 1, 44, 4).text("data").ints(44).shorts(1000, 0).hex("97" + "00".repeat(39)));
        assertThat(samples).hasSize(81);
        assertThat(samples[0]).isEqualTo(1000 / 32768f);
        assertThat(samples[1]).isEqualTo(1011 / 32768f);
        assertThat(samples[2]).isEqualTo(1005 / 32768f);
    }

    /** By hand: predictor 1 extrapolates, 2 * 200 - 100 = 300; code 3 adds 3 * 16, and delta stays at its least, 16. */
    @Test
    void shouldDecodeMicrosoftAdpcmBlockByBlock() throws Exception {
        float[] samples = decode(riff().fmt(2, 1, 46, 4)
                .text("data")
                .ints(46)
                .hex("01")
                .shorts(16, 200, 100)
                .hex("3F" + "00".repeat(38)));
        assertThat(samples).hasSize(80);
        assertThat(samples[0]).isEqualTo(100 / 32768f);
        assertThat(samples[1]).isEqualTo(200 / 32768f);
        assertThat(samples[2]).isEqualTo(348 / 32768f);
        assertThat(samples[3]).isEqualTo((2 * 348 - 200 - 16) / 32768f);
    }

    @Test
    void shouldTakeOnlyTheFramesThatAFactChunkCounts() throws Exception {
        Bytes bytes =
                riff().fmt(17, 1, 44, 4).text("fact").ints(4, 80).text("data").ints(44);
        assertThat(decode(bytes.shorts(0, 0).hex("00".repeat(40)))).hasSize(80);
    }

    @Test
    void shouldTakeDoublesAndBlockSizesOfZero() throws Exception {
        long half = Double.doubleToLongBits(0.5);
        long[] halves = new long[80];
        Arrays.fill(halves, half);
        assertThat(decode(riff().fmt(3, 1, 0, 64).text("data").ints(640).longs(halves)))
                .containsOnly(0.5f);
    }

    @Test
    void shouldFollowTheSixtyFourBitSizesOfRf64() throws Exception {
        Bytes bytes = new Bytes()
                .text("RF64")
                .ints(-1)
                .text("WAVE")
                .text("ds64")
                .ints(28)
                .longs(0, 160, 0)
                .ints(0);
        bytes.fmt(1, 1, 2, 16)
                .text("data")
                .ints(-1)
                .shorts(ramp(3))
                .text("LIST")
                .ints(4)
                .shorts(9999, 9999);
        assertThat(decode(bytes)).containsExactly(scaled(ramp(3)), within(0f));
    }

    @Test
    void shouldReadWave64() throws Exception {
        Bytes bytes = new Bytes().text("riff").hex("2E91CF11A5D628DB04C10000").longs(0);
        bytes.text("wave").hex("F3ACD3118CD100C04F8EDB8A");
        bytes.text("fmt ")
                .hex("F3ACD3118CD100C04F8EDB8A")
                .longs(40)
                .shorts(1, 1)
                .ints(RATE, 0)
                .shorts(2, 16);
        bytes.text("data").hex("F3ACD3118CD100C04F8EDB8A").longs(24 + 160).shorts(ramp(2));
        assertThat(decode(bytes)).containsExactly(scaled(ramp(2)), within(0f));
    }

    @ParameterizedTest
    @ValueSource(strings = {"000000", "00000000"})
    void shouldFindTheNextChunkWithoutAndWithThePadByteOfAnOddOne(String content) throws Exception {
        Bytes bytes = riff().fmt(1, 1, 2, 16).text("note").ints(3).hex(content);
        assertThat(decode(bytes.text("data").ints(160).shorts(ramp(1)))).containsExactly(scaled(ramp(1)), within(0f));
    }

    @Test
    void shouldSkipATagBeforeTheHeaderAndTakeSamplesBeforeTheirFormat() throws Exception {
        Bytes bytes = new Bytes().text("ID3").hex("0300000000000A").hex("00".repeat(10));
        bytes.text("RIFF")
                .ints(0)
                .text("WAVE")
                .text("data")
                .ints(160)
                .shorts(ramp(5))
                .fmt(1, 1, 2, 16);
        assertThat(decode(bytes)).containsExactly(scaled(ramp(5)), within(0f));
    }

    @Test
    void shouldBelieveASubFormatOnlyIfAllOfItsGuidIsRight() throws Exception {
        assertThat(decode(extensible("0100" + PLAIN_GUID))).hasSize(80);
        assertThatThrownBy(() -> decode(extensible("0100" + PLAIN_GUID.replace("9B71", "9B72"))))
                .hasMessageContaining("sub-format GUID");
    }

    private static Bytes extensible(String guid) {
        Bytes bytes = riff().text("fmt ")
                .ints(40)
                .shorts(0xfffe, 1)
                .ints(RATE, 0)
                .shorts(2, 16, 22, 16)
                .ints(4);
        return bytes.hex(guid).text("data").ints(160).shorts(ramp(1));
    }

    @Test
    void shouldTakeTheLoudestChannelWhenChannelsCancelEachOtherOut() throws Exception {
        int[] stereo = new int[160];
        for (int i = 0; i < 80; i++) {
            stereo[2 * i] = 100 * i;
            stereo[2 * i + 1] = -101 * i;
        }
        float[] samples = decode(riff().fmt(1, 2, 4, 16).text("data").ints(320).shorts(stereo));
        assertThat(samples).containsExactly(scaled(ramp(-101)), within(0f));
    }

    @Test
    void shouldTakeTheMeanOfOtherChannels() throws Exception {
        int[] stereo = new int[160];
        for (int i = 0; i < 80; i++) {
            stereo[2 * i] = 100 * i;
        }
        float[] samples = decode(riff().fmt(1, 2, 4, 16).text("data").ints(320).shorts(stereo));
        assertThat(samples).containsExactly(scaled(ramp(50)), within(0f));
    }

    @Test
    void shouldSayThatARecordingIsCutOff() throws Exception {
        Wav header = Wav.parse(ByteBuffer.wrap(
                riff().fmt(1, 1, 2, 16).text("data").ints(1_000).shorts(ramp(1)).array()));
        assertThat(header.cutOff()).isTrue();
        assertThat(header.frames()).isEqualTo(80);
    }
}
