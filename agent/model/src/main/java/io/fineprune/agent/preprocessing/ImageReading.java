package io.fineprune.agent.preprocessing;

import com.twelvemonkeys.imageio.plugins.jpeg.JPEGImageReaderSpi;
import io.fineprune.schemas.v1.ImageEncoding;
import io.fineprune.topology.activation.UnusableEventException;
import io.fineprune.topology.activation.UnusableEventException.Reason;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.InputStream;
import java.util.Iterator;
import java.util.Optional;
import javax.imageio.ImageIO;
import javax.imageio.ImageReadParam;
import javax.imageio.ImageReader;
import javax.imageio.event.IIOReadWarningListener;
import javax.imageio.spi.IIORegistry;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;

/** Decodes pictures with the readers of the JDK and, where it has none, those of TwelveMonkeys. */
final class ImageReading {
    private static final int INKS = 4;

    private ImageReading() {}

    /** The JDK's reader, except for a JPEG of four inks, which it cannot convert to colours. */
    static ImageReader reader(ImageHeader header) throws UnusableEventException {
        if (header.encoding() == ImageEncoding.IMAGE_ENCODING_PNG) {
            return named("png", true);
        }
        if (header.components() != INKS) {
            return named("jpeg", true);
        }
        try {
            return IIORegistry.getDefaultInstance()
                    .getServiceProviderByClass(JPEGImageReaderSpi.class)
                    .createReaderInstance();
        } catch (IOException e) {
            throw new UnusableEventException(
                    Reason.UNDECODABLE, "Expected a reader of JPEGs, but: " + e.getMessage(), e);
        }
    }

    /**
     * The first reader of a format.
     *
     * @param ofTheJdk whether it must be one of the JDK, so that a picture has the same pixels whatever else is installed
     */
    static ImageReader named(String format, boolean ofTheJdk) {
        for (Iterator<ImageReader> readers = ImageIO.getImageReadersByFormatName(format); readers.hasNext(); ) {
            ImageReader reader = readers.next();
            if (!ofTheJdk || reader.getClass().getName().startsWith("com.sun.")) {
                return reader;
            }
        }
        throw new IllegalStateException("Expected a reader of " + format + " pictures, but there is none");
    }

    /**
     * Decodes the first picture, and disposes of the reader.
     *
     * @param step only every step-th row and column is decoded; from 1
     * @throws UnusableEventException if it cannot be decoded or is cut off
     */
    static BufferedImage read(ImageReader reader, InputStream bytes, int step) throws UnusableEventException {
        CutOff cutOff = new CutOff();
        BufferedImage image;
        try (ImageInputStream in = new MemoryCacheImageInputStream(bytes)) {
            reader.setInput(in, true, true);
            reader.addIIOReadWarningListener(cutOff);
            Pixels.checkSides(reader.getWidth(0), reader.getHeight(0));
            ImageReadParam parameters = reader.getDefaultReadParam();
            parameters.setSourceSubsampling(step, step, 0, 0);
            image = reader.read(0, parameters);
        } catch (IOException | RuntimeException e) {
            throw new UnusableEventException(
                    Reason.UNDECODABLE, "Expected an image that can be decoded, but: " + e.getMessage(), e);
        } finally {
            reader.dispose();
        }
        if (cutOff.warning.isPresent()) {
            throw new UnusableEventException(
                    Reason.UNDECODABLE, "Expected a whole image, but it is cut off: " + cutOff.warning.get());
        }
        return image;
    }

    /** Notes the warning of a decoder that compressed data end before the last pixel. */
    private static final class CutOff implements IIOReadWarningListener {
        private Optional<String> warning = Optional.empty();

        @Override
        public void warningOccurred(ImageReader source, String text) {
            if (text.toLowerCase(java.util.Locale.ROOT).contains("premature end")) {
                warning = Optional.of(text);
            }
        }
    }
}
