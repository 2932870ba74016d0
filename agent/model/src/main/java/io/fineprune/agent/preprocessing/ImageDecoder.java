package io.fineprune.agent.preprocessing;

import com.google.protobuf.ByteString;
import io.fineprune.schemas.v1.ImageEncoding;
import io.fineprune.schemas.v1.ImageFrame;
import io.fineprune.topology.activation.UnusableEventException;
import io.fineprune.topology.activation.UnusableEventException.Reason;
import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.awt.image.WritableRaster;

/**
 * From the bytes of an image frame to pixels. Grey values are taken as they are stored, without the conversion between
 * colour spaces that {@link BufferedImage#getRGB} does, so that PNG and raw bytes agree. What is transparent lets white shine through.
 * Pictures are turned as their EXIF says. A JPEG of four inks is converted as its Adobe marker and its profile say.
 */
final class ImageDecoder {
    private static final float WHITE = 255;
    static final ByteString JPEG_END = ByteString.copyFrom(new byte[] {(byte) 0xff, (byte) 0xd9});

    static {
        if (System.getProperty("java.awt.headless") == null) {
            System.setProperty("java.awt.headless", "true");
        }
    }

    private ImageDecoder() {}

    static Pixels decode(ImageFrame frame) throws UnusableEventException {
        int bytes = frame.getData().size();
        if (bytes < 1 || bytes > Limits.MAX_PAYLOAD_BYTES) {
            throw new UnusableEventException(
                    bytes < 1 ? Reason.MALFORMED : Reason.OVERSIZED,
                    "Expected an image of 1 to " + Limits.MAX_PAYLOAD_BYTES + " bytes, found " + bytes);
        }
        Pixels.checkSides(frame.getWidth(), frame.getHeight());
        if (frame.getChannels() != 1 && frame.getChannels() != 3) {
            throw new UnusableEventException(
                    Reason.MALFORMED, "Expected an image of 1 or 3 channels, found " + frame.getChannels());
        }
        return switch (frame.getEncoding()) {
            case IMAGE_ENCODING_RAW_U8 -> raw(frame);
            case IMAGE_ENCODING_PNG, IMAGE_ENCODING_JPEG -> compressed(frame);
            case IMAGE_ENCODING_UNSPECIFIED, UNRECOGNIZED ->
                throw new UnusableEventException(
                        Reason.MALFORMED,
                        "Expected image encoding PNG, JPEG or RAW_U8, found " + frame.getEncodingValue());
        };
    }

    private static Pixels raw(ImageFrame frame) throws UnusableEventException {
        ByteString data = frame.getData();
        long expected = (long) frame.getWidth() * frame.getHeight() * frame.getChannels();
        if (data.size() != expected) {
            throw new UnusableEventException(
                    Reason.MALFORMED,
                    "Expected a raw image of width * height * channels = " + expected + " bytes, found " + data.size());
        }
        float[] values = new float[data.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = data.byteAt(i) & 0xff;
        }
        return new Pixels(frame.getWidth(), frame.getHeight(), frame.getChannels(), values);
    }

    private static Pixels compressed(ImageFrame frame) throws UnusableEventException {
        ImageHeader header = ImageHeader.parse(frame.getData().asReadOnlyByteBuffer());
        ImageEncoding encoding = frame.getEncoding();
        if (header.encoding() != encoding
                || header.width() != frame.getWidth()
                || header.height() != frame.getHeight()) {
            throw new UnusableEventException(
                    Reason.MALFORMED,
                    "Expected the image's header to agree with the message's " + encoding + " of " + frame.getWidth()
                            + " x " + frame.getHeight() + ", found " + header.encoding() + " of " + header.width()
                            + " x " + header.height());
        }
        // With the marker of its end, a JPEG that only lacks that is whole; of any other a decoder says that data end
        // too soon.
        ByteString data = header.ended() ? frame.getData() : frame.getData().concat(JPEG_END);
        int step = 1;
        while ((long) (header.width() / step) * (header.height() / step) > Limits.MAX_DECODED_PIXELS) {
            step++;
        }
        return pixels(ImageReading.read(ImageReading.reader(header), data.newInput(), step))
                .turned(header.orientation());
    }

    static Pixels pixels(BufferedImage image) {
        int width = image.getWidth();
        int height = image.getHeight();
        if (image.getColorModel() instanceof IndexColorModel palette) {
            return fromPalette(image.getRaster(), palette);
        }
        WritableRaster raster = image.getRaster();
        int stored = raster.getNumBands();
        boolean transparent = image.getColorModel().hasAlpha();
        int channels = stored >= 3 ? 3 : 1;
        float scale = 255f / ((1 << raster.getSampleModel().getSampleSize(0)) - 1);
        float[] values = new float[width * height * channels];
        int[] row = new int[width * stored];
        for (int y = 0; y < height; y++) {
            raster.getPixels(0, y, width, 1, row);
            for (int x = 0; x < width; x++) {
                float opacity = transparent ? row[x * stored + stored - 1] * scale / WHITE : 1;
                for (int c = 0; c < channels; c++) {
                    float value = row[x * stored + c] * scale;
                    values[(y * width + x) * channels + c] =
                            opacity == 1 ? value : value * opacity + WHITE * (1 - opacity);
                }
            }
        }
        return new Pixels(width, height, channels, values);
    }

    private static Pixels fromPalette(WritableRaster raster, IndexColorModel palette) {
        int width = raster.getWidth();
        float[] values = new float[width * raster.getHeight() * 3];
        int[] row = new int[width];
        int at = 0;
        for (int y = 0; y < raster.getHeight(); y++) {
            raster.getSamples(0, y, width, 1, 0, row);
            for (int x = 0; x < width; x++) {
                int colour = palette.getRGB(row[x]);
                float opacity = (colour >>> 24) / WHITE;
                for (int shift = 16; shift >= 0; shift -= 8) {
                    values[at++] = (colour >> shift & 0xff) * opacity + WHITE * (1 - opacity);
                }
            }
        }
        return new Pixels(width, raster.getHeight(), 3, values);
    }
}
