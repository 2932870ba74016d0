package io.fineprune.agent.preprocessing;

import com.google.protobuf.ByteString;
import io.fineprune.schemas.v1.ImageEncoding;
import io.fineprune.topology.activation.UnusableEventException;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/** Makes pictures that a message can hold of picture files that it cannot: of other formats, or too large. */
public final class PictureFiles {
    /** Most pixels of a side; no model takes more. */
    private static final int MAX_SIDE = Limits.MAX_MODEL_PIXELS_PER_SIDE;

    private static final float QUALITY = 0.95f;

    private PictureFiles() {}

    /**
     * The first picture of a file as a PNG of the same pixels, over white where it is transparent.
     *
     * @param format bmp, gif or webp
     * @throws UnusableEventException if it cannot be decoded or has too many pixels
     */
    public static byte[] toPng(byte[] content, String format) throws UnusableEventException {
        BufferedImage image = ImageReading.read(
                ImageReading.named(format, !format.equals("webp")), new ByteArrayInputStream(content), 1);
        return write(image(ImageDecoder.pixels(image).withChannels(3)), "png");
    }

    /**
     * A smaller JPEG of a large PNG or JPEG, turned as its EXIF says, averaged over the pixels that become one, with at most 1024
     * pixels a side.
     *
     * @throws UnusableEventException if it cannot be decoded or has too many pixels
     */
    public static byte[] toSmallJpeg(byte[] content) throws UnusableEventException {
        ImageHeader header = ImageHeader.parse(ByteBuffer.wrap(content));
        ByteString data = ByteString.copyFrom(content);
        if (header.encoding() == ImageEncoding.IMAGE_ENCODING_JPEG && !header.ended()) {
            data = data.concat(ImageDecoder.JPEG_END);
        }
        int step = 1;
        while ((long) (header.width() / step) * (header.height() / step) > 2L * Limits.MAX_DECODED_PIXELS) {
            step++;
        }
        Pixels pixels = ImageDecoder.pixels(ImageReading.read(ImageReading.reader(header), data.newInput(), step))
                .withChannels(3)
                .turned(header.orientation());
        double scale = Math.min(1, (double) MAX_SIDE / Math.max(pixels.width(), pixels.height()));
        return write(
                image(pixels.resized(Math.max(1, (int) Math.round(pixels.width() * scale)), Math.max(1, (int)
                        Math.round(pixels.height() * scale)))),
                "jpeg");
    }

    private static BufferedImage image(Pixels pixels) {
        BufferedImage image = new BufferedImage(pixels.width(), pixels.height(), BufferedImage.TYPE_INT_RGB);
        for (int y = 0; y < pixels.height(); y++) {
            for (int x = 0; x < pixels.width(); x++) {
                int at = (y * pixels.width() + x) * 3;
                int colour = 0;
                for (int c = 0; c < 3; c++) {
                    colour = (colour << 8) | Math.max(0, Math.min(255, Math.round(pixels.values()[at + c])));
                }
                image.setRGB(x, y, colour);
            }
        }
        return image;
    }

    private static byte[] write(BufferedImage image, String format) {
        ImageWriter writer = ImageIO.getImageWritersByFormatName(format).next();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (MemoryCacheImageOutputStream out = new MemoryCacheImageOutputStream(bytes)) {
            writer.setOutput(out);
            ImageWriteParam parameters = writer.getDefaultWriteParam();
            if (format.equals("jpeg")) {
                parameters.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
                parameters.setCompressionQuality(QUALITY);
            }
            writer.write(null, new IIOImage(image, null, null), parameters);
        } catch (IOException e) {
            throw new IllegalStateException("Expected to write a picture to memory, but: " + e.getMessage(), e);
        } finally {
            writer.dispose();
        }
        return bytes.toByteArray();
    }
}
