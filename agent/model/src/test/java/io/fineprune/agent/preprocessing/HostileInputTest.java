package io.fineprune.agent.preprocessing;

import static io.fineprune.schemas.v1.AudioEncoding.AUDIO_ENCODING_PCM_F32LE;
import static io.fineprune.schemas.v1.AudioEncoding.AUDIO_ENCODING_PCM_S16LE;
import static io.fineprune.schemas.v1.AudioEncoding.AUDIO_ENCODING_WAV;
import static io.fineprune.schemas.v1.ImageEncoding.IMAGE_ENCODING_JPEG;
import static io.fineprune.schemas.v1.ImageEncoding.IMAGE_ENCODING_PNG;
import static io.fineprune.schemas.v1.ImageEncoding.IMAGE_ENCODING_RAW_U8;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import com.google.protobuf.ByteString;
import io.fineprune.schemas.v1.SensorEvent;
import io.fineprune.topology.activation.UnusableEventException;
import io.fineprune.topology.activation.UnusableEventException.Reason;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What comes from outside may lie in every field. */
class HostileInputTest {
    private static final Preprocessor AUDIO =
            Preprocessors.create(AudioSpec.logMel(8000, 32, 32), new int[] {32, 32, 1});
    private static final Preprocessor ENCODED = Preprocessors.create(new EncodedSpec(16000), new int[0]);
    private static final Preprocessor IMAGE =
            Preprocessors.create(new ImageSpec(28, 28, 1, 1 / 255.0, 0), new int[] {28, 28, 1});

    private static void refused(Preprocessor preprocessor, SensorEvent event, Reason reason, String... words) {
        UnusableEventException refusal = Fixtures.refusal(preprocessor, event);
        assertThat(refusal.reason()).as(refusal.getMessage()).isEqualTo(reason);
        for (String word : words) {
            assertThat(refusal.getMessage()).contains(word);
        }
    }

    private static SensorEvent wav(int tag, int channels, int rate, int bits, long dataLength, int bytes) {
        return Fixtures.audio(
                8000, AUDIO_ENCODING_WAV, Fixtures.wav(tag, channels, rate, bits, dataLength, new byte[bytes]));
    }

    @ParameterizedTest
    @CsvSource({
        "1, 0, 8000, 16, 4000, 4000, 1 to 8 channels",
        "1, 65535, 8000, 16, 4000, 4000, 1 to 8 channels",
        "1, 1, 0, 16, 4000, 4000, samples per second",
        "1, 1, -1, 16, 4000, 4000, 4294967295",
        "1, 1, 2000000000, 16, 4000, 4000, samples per second",
        "1, 1, 8000, 12, 4000, 4000, frames of 2 bytes",
        "1, 1, 8000, 0, 4000, 4000, of 0 bits",
        "85, 1, 8000, 16, 4000, 4000, format 85",
        "1, 1, 8000, 16, 0, 0, at least 10 ms",
        "2, 1, 8000, 4, 4000, 4000, blocks of at least 7 bytes",
        "49, 1, 8000, 0, 4000, 4000, GSM 6.10",
    })
    void shouldRefuseAWavHeaderThatLies(
            int tag, int channels, int rate, int bits, long dataLength, int bytes, String words) {
        refused(AUDIO, wav(tag, channels, rate, bits, dataLength, bytes), Reason.UNDECODABLE, words);
        refused(ENCODED, wav(tag, channels, rate, bits, dataLength, bytes), Reason.UNDECODABLE, words);
    }

    @ParameterizedTest
    @CsvSource({"2147000000, 2000, 1000", "4001, 4001, 2000", "0, 4000, 2000", "3000, 4000, 1500"})
    void shouldTakeTheWholeFramesThatAreThereWhateverTheSizeSays(long dataLength, int bytes, int frames)
            throws Exception {
        SensorEvent event = wav(1, 1, 8000, 16, dataLength, bytes);
        assertThat(AudioDecoder.decode(event.getAudio()).samples()).hasSize(frames);
        assertThat(AudioDecoder.header(event.getAudio()).cutOff()).isEqualTo(dataLength > bytes);
    }

    @Test
    void shouldTakeAWavOfUnknownLength() throws Exception {
        assertThat(Fixtures.values(AUDIO, wav(1, 1, 8000, 16, 0xffffffffL, 4001)))
                .hasSize(1024);
    }

    @Test
    void shouldRefuseAWavThatIsCutOffAnywhereOrHasAnyByteChangedWithoutAnyOtherError() {
        byte[] good = new Waveform(Fixtures.sine(440, 8000, 800, 0.5), 8000).toWav();
        for (int length = 0; length < 44; length++) {
            Reason reason = length == 0 ? Reason.MALFORMED : Reason.UNDECODABLE;
            refused(AUDIO, Fixtures.audio(8000, AUDIO_ENCODING_WAV, Arrays.copyOf(good, length)), reason);
        }
        Random random = new Random(7);
        for (int round = 0; round < 5000; round++) {
            byte[] bad = good.clone();
            for (int i = 0; i <= round % 4; i++) {
                bad[random.nextInt(44)] = (byte) random.nextInt(256);
            }
            preparesOrRefuses(AUDIO, Fixtures.audio(8000, AUDIO_ENCODING_WAV, bad));
            preparesOrRefuses(ENCODED, Fixtures.audio(8000, AUDIO_ENCODING_WAV, bad));
        }
    }

    @Test
    void shouldRefuseManyEmptyChunksQuickly() {
        ByteBuffer out = ByteBuffer.allocate(900_004).order(ByteOrder.LITTLE_ENDIAN);
        out.put("RIFF".getBytes(US_ASCII)).putInt(899_996);
        out.put("WAVE".getBytes(US_ASCII));
        refused(AUDIO, Fixtures.audio(8000, AUDIO_ENCODING_WAV, out.array()), Reason.UNDECODABLE, "first 64");
    }

    @Test
    void shouldRefuseAudioOutOfItsBounds() {
        refused(AUDIO, Fixtures.audio(8000, AUDIO_ENCODING_PCM_S16LE, new byte[960_001]), Reason.OVERSIZED, "960001");
        refused(AUDIO, Fixtures.audio(4000, AUDIO_ENCODING_PCM_S16LE, new byte[960_000]), Reason.OVERSIZED, "60 s");
        refused(AUDIO, Fixtures.audio(8000, AUDIO_ENCODING_PCM_S16LE, new byte[100]), Reason.UNDECODABLE, "10 ms");
        refused(AUDIO, Fixtures.audio(8000, AUDIO_ENCODING_PCM_S16LE, new byte[2001]), Reason.MALFORMED, "2001");
        refused(AUDIO, Fixtures.audio(8000, AUDIO_ENCODING_PCM_F32LE, new byte[2002]), Reason.MALFORMED, "2002");
        refused(AUDIO, Fixtures.audio(Integer.MAX_VALUE, AUDIO_ENCODING_PCM_S16LE, new byte[2000]), Reason.MALFORMED);
        refused(AUDIO, Fixtures.audio(-1, AUDIO_ENCODING_PCM_S16LE, new byte[2000]), Reason.MALFORMED, "-1");
        refused(
                AUDIO,
                SensorEvent.newBuilder()
                        .setAudio(Fixtures.audio(8000, AUDIO_ENCODING_WAV, new byte[2000]).getAudio().toBuilder()
                                .setEncodingValue(77))
                        .build(),
                Reason.MALFORMED,
                "77");
        byte[] wav = new Waveform(new float[800], 16000).toWav();
        refused(AUDIO, Fixtures.audio(8000, AUDIO_ENCODING_WAV, wav), Reason.MALFORMED, "agree", "16000");
    }

    @ParameterizedTest
    @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, 1e30f})
    void shouldRefuseSamplesThatAreNoSound(float bad) {
        ByteBuffer data = ByteBuffer.allocate(4000).order(ByteOrder.LITTLE_ENDIAN);
        data.putFloat(1200, bad);
        refused(AUDIO, Fixtures.audio(8000, AUDIO_ENCODING_PCM_F32LE, data.array()), Reason.UNDECODABLE, "at 300");
        byte[] stereo = Fixtures.wav(3, 2, 8000, 32, 4000, data.array());
        refused(AUDIO, Fixtures.audio(8000, AUDIO_ENCODING_WAV, stereo), Reason.UNDECODABLE, "at 150");
    }

    @Test
    void shouldStayQuickWhenEveryClipHasAnotherSampleRate() {
        assertTimeoutPreemptively(Duration.ofSeconds(30), () -> {
            for (int rate = 191_900; rate < 191_912; rate++) {
                byte[] data = new byte[960_000];
                assertThat(Fixtures.values(AUDIO, Fixtures.audio(rate, AUDIO_ENCODING_PCM_S16LE, data)))
                        .hasSize(1024);
            }
        });
    }

    @Test
    void shouldRefuseFeaturesThatAreNotTheModelsInput() throws Exception {
        float[] good = new float[784];
        good[5] = 0.25f;
        assertThat(Fixtures.values(IMAGE, Fixtures.features(good, 28, 28, 1))).isEqualTo(good);
        refused(IMAGE, Fixtures.features(good, 784), Reason.WRONG_SHAPE, "[28, 28, 1]", "[784]");
        refused(IMAGE, Fixtures.features(good, 28, 28, -1), Reason.WRONG_SHAPE);
        refused(IMAGE, Fixtures.features(new float[783], 28, 28, 1), Reason.WRONG_SHAPE, "3136", "3132");
        refused(IMAGE, Fixtures.features(good, new int[5000]), Reason.WRONG_SHAPE, "...");
        good[783] = Float.NaN;
        refused(IMAGE, Fixtures.features(good, 28, 28, 1), Reason.UNDECODABLE, "at 783");
        good[783] = Float.NEGATIVE_INFINITY;
        refused(IMAGE, Fixtures.features(good, 28, 28, 1), Reason.UNDECODABLE, "at 783");
    }

    @Test
    void shouldRefuseAPayloadOfAnotherKind() {
        SensorEvent sound = Fixtures.wavEvent(new float[800], 8000);
        SensorEvent picture = Fixtures.image(1, 1, 1, IMAGE_ENCODING_RAW_U8, new byte[1]);
        refused(AUDIO, picture, Reason.WRONG_SHAPE, "audio clip", "IMAGE");
        refused(IMAGE, sound, Reason.WRONG_SHAPE, "image frame", "AUDIO");
        refused(ENCODED, picture, Reason.WRONG_SHAPE, "audio clip", "IMAGE");
        refused(AUDIO, SensorEvent.getDefaultInstance(), Reason.WRONG_SHAPE, "PAYLOAD_NOT_SET");
        Preprocessor features = Preprocessors.create(new FeatureSpec(), new int[] {4});
        refused(features, sound, Reason.WRONG_SHAPE, "feature tensor", "AUDIO");
    }

    @Test
    void shouldRefuseImagesOutOfTheirBounds() {
        byte[] data = new byte[784];
        refused(IMAGE, Fixtures.image(28, 28, 2, IMAGE_ENCODING_RAW_U8, data), Reason.MALFORMED, "1 or 3");
        refused(IMAGE, Fixtures.image(28, 27, 1, IMAGE_ENCODING_RAW_U8, data), Reason.MALFORMED, "756", "784");
        refused(IMAGE, Fixtures.image(4096, 4096, 3, IMAGE_ENCODING_RAW_U8, data), Reason.MALFORMED, "50331648");
        refused(IMAGE, Fixtures.image(5000, 1, 1, IMAGE_ENCODING_RAW_U8, data), Reason.OVERSIZED, "5000 x 1");
        refused(IMAGE, Fixtures.image(1, -1, 1, IMAGE_ENCODING_RAW_U8, data), Reason.UNDECODABLE, "-1");
        refused(IMAGE, Fixtures.image(28, 28, 1, IMAGE_ENCODING_PNG, data), Reason.UNDECODABLE, "PNG or JPEG");
        refused(IMAGE, Fixtures.image(28, 28, 1, IMAGE_ENCODING_RAW_U8, new byte[0]), Reason.MALFORMED);
        refused(IMAGE, Fixtures.image(28, 28, 1, IMAGE_ENCODING_RAW_U8, new byte[960_001]), Reason.OVERSIZED);
    }

    @Test
    void shouldRefuseAnImageWhoseHeaderDisagreesWithTheMessage() throws Exception {
        byte[] png = ImagePreprocessorTest.encode("png", BufferedImage.TYPE_BYTE_GRAY, 10, 9, 1, new byte[90]);
        byte[] jpeg = ImagePreprocessorTest.encode("jpeg", BufferedImage.TYPE_BYTE_GRAY, 10, 9, 1, new byte[90]);
        refused(IMAGE, Fixtures.image(9, 10, 1, IMAGE_ENCODING_PNG, png), Reason.MALFORMED, "9 x 10", "10 x 9");
        refused(IMAGE, Fixtures.image(9, 10, 1, IMAGE_ENCODING_JPEG, jpeg), Reason.MALFORMED, "9 x 10", "10 x 9");
        refused(IMAGE, Fixtures.image(10, 9, 1, IMAGE_ENCODING_JPEG, png), Reason.MALFORMED, "PNG");
    }

    @Test
    void shouldRefuseAPngBombByItsHeader() throws Exception {
        byte[] bomb = png(60_000, 60_000, 100_000);
        refused(IMAGE, Fixtures.image(4096, 4096, 1, IMAGE_ENCODING_PNG, bomb), Reason.OVERSIZED, "60000 x 60000");
        byte[] lying = png(28, 28, 200_000_000);
        assertThat(lying.length).isLessThan(960_000);
        assertTimeoutPreemptively(
                Duration.ofSeconds(20),
                () -> preparesOrRefuses(IMAGE, Fixtures.image(28, 28, 1, IMAGE_ENCODING_PNG, lying)));
    }

    @Test
    void shouldNotInflateTextInAPng() throws Exception {
        byte[] packed = packed(700_000_000);
        ByteArrayOutputStream png = new ByteArrayOutputStream();
        png.write(new byte[] {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'});
        ByteBuffer header = ByteBuffer.allocate(13).putInt(28).putInt(28).put(new byte[] {8, 3, 0, 0, 0});
        chunk(png, "IHDR", header.array());
        chunk(png, "PLTE", new byte[] {51, 51, 51});
        byte[] keyword = {'C', 'o', 'm', 'm', 'e', 'n', 't', 0, 0};
        chunk(
                png,
                "zTXt",
                ByteString.copyFrom(keyword).concat(ByteString.copyFrom(packed)).toByteArray());
        chunk(png, "IDAT", packed(29 * 28));
        chunk(png, "IEND", new byte[0]);
        long before = allocatedBytes();
        SensorEvent event = Fixtures.image(28, 28, 1, IMAGE_ENCODING_PNG, png.toByteArray());
        assertThat(Fixtures.values(IMAGE, event)).hasSize(784).containsOnly(51 / 255f);
        assertThat(allocatedBytes() - before).isLessThan(20_000_000);
    }

    private static long allocatedBytes() {
        return ((com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean()).getCurrentThreadAllocatedBytes();
    }

    @Test
    void shouldDecodeTheLargestImageInBoundedMemory() throws Exception {
        byte[] large = png(4096, 4096, 4097 * 4096);
        assertThat(Fixtures.values(IMAGE, Fixtures.image(4096, 4096, 1, IMAGE_ENCODING_PNG, large)))
                .hasSize(784)
                .containsOnly(0);
    }

    @Test
    void shouldRefuseAPngChunkLongerThanTheFile() throws Exception {
        byte[] png = png(28, 28, 29 * 28);
        ByteBuffer.wrap(png).putInt(33, 0x7ffffff0);
        refused(IMAGE, Fixtures.image(28, 28, 1, IMAGE_ENCODING_PNG, png), Reason.UNDECODABLE, "2147483632");
    }

    @Test
    void shouldRefuseAJpegOfManyScans() throws Exception {
        byte[] jpeg = ImagePreprocessorTest.encode("jpeg", BufferedImage.TYPE_BYTE_GRAY, 28, 28, 1, new byte[784]);
        int scan = 2;
        while ((jpeg[scan + 1] & 0xff) != 0xda) {
            scan += 2 + Short.toUnsignedInt(ByteBuffer.wrap(jpeg).getShort(scan + 2));
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(jpeg, 0, scan);
        for (int i = 0; i < 1000; i++) {
            out.write(jpeg, scan, jpeg.length - 2 - scan);
        }
        out.write(jpeg, jpeg.length - 2, 2);
        refused(IMAGE, Fixtures.image(28, 28, 1, IMAGE_ENCODING_JPEG, out.toByteArray()), Reason.OVERSIZED, "32 scans");
    }

    @ParameterizedTest
    @ValueSource(strings = {"png", "jpeg"})
    void shouldPrepareOrRefuseWhateverIsBrokenInAnImage(String format) throws Exception {
        byte[] noise = new byte[784];
        new Random(4).nextBytes(noise);
        byte[] good = ImagePreprocessorTest.encode(format, BufferedImage.TYPE_BYTE_GRAY, 28, 28, 1, noise);
        var encoding = "png".equals(format) ? IMAGE_ENCODING_PNG : IMAGE_ENCODING_JPEG;
        Random random = new Random(11);
        for (int round = 0; round < 600; round++) {
            byte[] bad = round % 3 == 0 ? Arrays.copyOf(good, random.nextInt(good.length)) : good.clone();
            for (int i = 0; i <= round % 5 && bad.length > 0; i++) {
                bad[random.nextInt(bad.length)] = (byte) random.nextInt(256);
            }
            preparesOrRefuses(IMAGE, Fixtures.image(28, 28, 1, encoding, bad));
        }
    }

    private static void preparesOrRefuses(Preprocessor preprocessor, SensorEvent event) {
        try {
            preprocessor.prepare(event);
        } catch (UnusableEventException expected) {
            assertThat(expected.getMessage()).isNotBlank();
        }
    }

    /** A grey PNG whose compressed data are so many zeros. */
    private static byte[] png(int width, int height, int zeros) throws Exception {
        ByteArrayOutputStream png = new ByteArrayOutputStream();
        png.write(new byte[] {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'});
        ByteBuffer header = ByteBuffer.allocate(13).putInt(width).putInt(height).put(new byte[] {8, 0, 0, 0, 0});
        chunk(png, "IHDR", header.array());
        chunk(png, "IDAT", packed(zeros));
        chunk(png, "IEND", new byte[0]);
        return png.toByteArray();
    }

    private static byte[] packed(int zeros) throws Exception {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (DeflaterOutputStream out = new DeflaterOutputStream(packed, new Deflater(9), 65536)) {
            byte[] block = new byte[1 << 20];
            for (int left = zeros; left > 0; left -= block.length) {
                out.write(block, 0, Math.min(left, block.length));
            }
        }
        return packed.toByteArray();
    }

    private static void chunk(ByteArrayOutputStream png, String type, byte[] data) throws Exception {
        byte[] body =
                ByteString.copyFromUtf8(type).concat(ByteString.copyFrom(data)).toByteArray();
        CRC32 checksum = new CRC32();
        checksum.update(body);
        png.write(ByteBuffer.allocate(4).putInt(data.length).array());
        png.write(body);
        png.write(ByteBuffer.allocate(4).putInt((int) checksum.getValue()).array());
    }
}
