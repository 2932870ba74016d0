package io.fineprune.agent.recordings;

import com.google.protobuf.ByteString;
import io.fineprune.schemas.v1.ImageEncoding;
import io.fineprune.schemas.v1.ImageFrame;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/** Encodes grey images as raw bytes, PNG or JPEG, as a camera would. */
final class GreyImages {
    private static final float JPEG_QUALITY = 0.95f;

    static {
        if (System.getProperty("java.awt.headless") == null) {
            System.setProperty("java.awt.headless", "true");
        }
    }

    private GreyImages() {}

    /** Encodes the image that begins at an offset of {@code pixels}, row by row, one byte a pixel. */
    static ImageFrame frame(byte[] pixels, int offset, int width, int height, ImageEncoding encoding)
            throws IOException {
        ByteString data = switch (encoding) {
            case IMAGE_ENCODING_RAW_U8 -> ByteString.copyFrom(pixels, offset, width * height);
            case IMAGE_ENCODING_PNG -> encoded("png", pixels, offset, width, height);
            case IMAGE_ENCODING_JPEG -> encoded("jpeg", pixels, offset, width, height);
            case IMAGE_ENCODING_UNSPECIFIED, UNRECOGNIZED ->
                throw new IllegalArgumentException("Expected image encoding PNG, JPEG or RAW_U8, found " + encoding);
        };
        return ImageFrame.newBuilder()
                .setWidth(width)
                .setHeight(height)
                .setChannels(1)
                .setEncoding(encoding)
                .setData(data)
                .build();
    }

    private static ByteString encoded(String format, byte[] pixels, int offset, int width, int height)
            throws IOException {
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_BYTE_GRAY);
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                image.getRaster().setSample(x, y, 0, pixels[offset + y * width + x] & 0xff);
            }
        }
        ImageWriter writer = ImageIO.getImageWritersByFormatName(format).next();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (MemoryCacheImageOutputStream out = new MemoryCacheImageOutputStream(bytes)) {
            ImageWriteParam parameters = writer.getDefaultWriteParam();
            if ("jpeg".equals(format)) {
                parameters.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
                parameters.setCompressionQuality(JPEG_QUALITY);
            }
            writer.setOutput(out);
            writer.write(null, new IIOImage(image, null, null), parameters);
        } finally {
            writer.dispose();
        }
        return ByteString.copyFrom(bytes.toByteArray());
    }
}
