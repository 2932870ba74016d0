package io.fineprune.agent.preprocessing;

import static io.fineprune.schemas.v1.ImageEncoding.IMAGE_ENCODING_JPEG;
import static io.fineprune.schemas.v1.ImageEncoding.IMAGE_ENCODING_PNG;
import static io.fineprune.schemas.v1.ImageEncoding.IMAGE_ENCODING_RAW_U8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.util.Random;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Images to scaled pixels: every encoding of one image yields the same. */
class ImagePreprocessorTest {
    private static Preprocessor pixels(int width, int height, int channels) {
        return Preprocessors.create(new ImageSpec(width, height, channels, 1, 0), new int[] {height, width, channels});
    }

    private static byte[] smooth(int width, int height, int channels) {
        byte[] out = new byte[width * height * channels];
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                for (int c = 0; c < channels; c++) {
                    out[(y * width + x) * channels + c] =
                            (byte) (128 + 90 * Math.sin(0.07 * x + c) * Math.cos(0.05 * y - c));
                }
            }
        }
        return out;
    }

    static byte[] encode(String format, int type, int width, int height, int channels, byte[] raw) throws Exception {
        BufferedImage image = new BufferedImage(width, height, type);
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                int at = (y * width + x) * channels;
                if (channels == 1) {
                    image.getRaster().setSample(x, y, 0, raw[at] & 0xff);
                } else {
                    image.setRGB(
                            x,
                            y,
                            0xff000000 | (raw[at] & 0xff) << 16 | (raw[at + 1] & 0xff) << 8 | (raw[at + 2] & 0xff));
                }
            }
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        assertThat(ImageIO.write(image, format, out)).isTrue();
        return out.toByteArray();
    }

    @Test
    void shouldYieldTheSamePixelsFromPngAsFromRawBytes() throws Exception {
        byte[] grey = new byte[37 * 23];
        new Random(1).nextBytes(grey);
        byte[] png = encode("png", BufferedImage.TYPE_BYTE_GRAY, 37, 23, 1, grey);
        assertThat(Fixtures.values(pixels(37, 23, 1), Fixtures.image(37, 23, 1, IMAGE_ENCODING_PNG, png)))
                .isEqualTo(Fixtures.values(pixels(37, 23, 1), Fixtures.image(37, 23, 1, IMAGE_ENCODING_RAW_U8, grey)));
        byte[] colour = new byte[37 * 23 * 3];
        new Random(2).nextBytes(colour);
        float[] expected = Fixtures.values(pixels(37, 23, 3), Fixtures.image(37, 23, 3, IMAGE_ENCODING_RAW_U8, colour));
        for (int type :
                new int[] {BufferedImage.TYPE_INT_RGB, BufferedImage.TYPE_3BYTE_BGR, BufferedImage.TYPE_4BYTE_ABGR}) {
            byte[] colourPng = encode("png", type, 37, 23, 3, colour);
            assertThat(Fixtures.values(pixels(37, 23, 3), Fixtures.image(37, 23, 3, IMAGE_ENCODING_PNG, colourPng)))
                    .isEqualTo(expected);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    void shouldYieldNearlyTheSamePixelsFromJpeg(int channels) throws Exception {
        byte[] raw = smooth(64, 48, channels);
        int type = channels == 1 ? BufferedImage.TYPE_BYTE_GRAY : BufferedImage.TYPE_INT_RGB;
        byte[] jpeg = encode("jpeg", type, 64, 48, channels, raw);
        Preprocessor preprocessor = pixels(64, 48, channels);
        float[] expected = Fixtures.values(preprocessor, Fixtures.image(64, 48, channels, IMAGE_ENCODING_RAW_U8, raw));
        float[] found = Fixtures.values(preprocessor, Fixtures.image(64, 48, channels, IMAGE_ENCODING_JPEG, jpeg));
        double error = 0;
        for (int i = 0; i < found.length; i++) {
            error += Math.abs(found[i] - expected[i]);
        }
        assertThat(error / found.length).isLessThan(3);
    }

    @Test
    void shouldReadPalettesAndDeepGreys() throws Exception {
        byte[] raw = {0, (byte) 255, (byte) 255, 0};
        byte[] png = encode("png", BufferedImage.TYPE_BYTE_BINARY, 2, 2, 1, new byte[] {0, 1, 1, 0});
        assertThat(Fixtures.values(pixels(2, 2, 1), Fixtures.image(2, 2, 1, IMAGE_ENCODING_PNG, png)))
                .isEqualTo(Fixtures.values(pixels(2, 2, 1), Fixtures.image(2, 2, 1, IMAGE_ENCODING_RAW_U8, raw)));
        BufferedImage deep = new BufferedImage(2, 1, BufferedImage.TYPE_USHORT_GRAY);
        deep.getRaster().setSample(0, 0, 0, 65535);
        deep.getRaster().setSample(1, 0, 0, 257 * 100);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ImageIO.write(deep, "png", out);
        float[] found =
                Fixtures.values(pixels(2, 1, 1), Fixtures.image(2, 1, 1, IMAGE_ENCODING_PNG, out.toByteArray()));
        assertThat(found[0]).isCloseTo(255, within(1e-3f));
        assertThat(found[1]).isCloseTo(100, within(1e-3f));
    }

    @Test
    void shouldMixColoursToGreyAndRepeatGreyAsColour() throws Exception {
        byte[] red = {(byte) 200, 0, 0};
        assertThat(Fixtures.values(pixels(1, 1, 1), Fixtures.image(1, 1, 3, IMAGE_ENCODING_RAW_U8, red))[0])
                .isCloseTo(59.8f, within(1e-3f));
        assertThat(Fixtures.values(pixels(1, 1, 3), Fixtures.image(1, 1, 1, IMAGE_ENCODING_RAW_U8, new byte[] {7})))
                .containsExactly(7, 7, 7);
    }

    @Test
    void shouldTakeTheMeanOfTheAreaWhenShrinking() throws Exception {
        byte[] raw = {0, 20, 40, 60, 80, 100, 10, 30, 50, 70, 90, 110};
        assertThat(Fixtures.values(pixels(3, 1, 1), Fixtures.image(6, 2, 1, IMAGE_ENCODING_RAW_U8, raw)))
                .containsExactly(new float[] {15, 55, 95}, within(1e-4f));
        assertThat(Fixtures.values(
                        pixels(2, 1, 1), Fixtures.image(3, 1, 1, IMAGE_ENCODING_RAW_U8, new byte[] {0, 30, 60})))
                .containsExactly(new float[] {10, 50}, within(1e-4f));
    }

    @Test
    void shouldInterpolateBetweenMiddlesWhenEnlarging() throws Exception {
        assertThat(Fixtures.values(pixels(4, 1, 1), Fixtures.image(2, 1, 1, IMAGE_ENCODING_RAW_U8, new byte[] {0, 80})))
                .containsExactly(new float[] {0, 20, 60, 80}, within(1e-4f));
    }

    @Test
    void shouldScaleAndShift() throws Exception {
        Preprocessor preprocessor = Preprocessors.create(new ImageSpec(2, 1, 1, 1 / 127.5, -1), new int[] {1, 2, 1});
        assertThat(Fixtures.values(
                        preprocessor, Fixtures.image(2, 1, 1, IMAGE_ENCODING_RAW_U8, new byte[] {0, (byte) 255})))
                .containsExactly(-1, 1);
    }
}
