package io.fineprune.agent.preprocessing;

import io.fineprune.schemas.v1.ImageEncoding;
import io.fineprune.topology.activation.UnusableEventException;
import io.fineprune.topology.activation.UnusableEventException.Reason;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * What the header of a PNG or JPEG image says, read without decoding it. The whole chain of chunks or segments is walked,
 * so that no length in it goes beyond the bytes that are there, and no image has scans enough to keep a decoder busy.
 *
 * @param encoding PNG or JPEG
 * @param width pixels; 1 to 4096
 * @param height pixels; 1 to 4096
 */
public record ImageHeader(ImageEncoding encoding, int width, int height) {
    private static final long PNG_SIGNATURE = 0x89504e470d0a1a0aL;
    private static final int IHDR = 0x49484452;
    private static final int IEND = 0x49454e44;
    private static final int MAX_PNG_CHUNKS = 4096;
    private static final int MAX_JPEG_SCANS = 32;

    /**
     * Tells PNG and JPEG apart and reads the header.
     *
     * @param bytes the whole image, from its position to its limit, neither of which is changed
     * @throws UnusableEventException if it is neither, is cut off, or is out of a bound
     */
    public static ImageHeader parse(ByteBuffer bytes) throws UnusableEventException {
        ByteBuffer in = bytes.slice();
        if (in.remaining() >= 8 && in.getLong(0) == PNG_SIGNATURE) {
            return png(in);
        }
        if (in.remaining() >= 2 && in.getShort(0) == (short) 0xffd8) {
            return jpeg(in);
        }
        throw malformed("expected PNG or JPEG, found " + in.remaining() + " bytes that begin like neither");
    }

    private static ImageHeader png(ByteBuffer in) throws UnusableEventException {
        if (in.remaining() < 33 || in.getInt(8) != 13 || in.getInt(12) != IHDR) {
            throw malformed("expected PNG to begin with a chunk IHDR of 13 bytes");
        }
        ImageHeader header = bounded(ImageEncoding.IMAGE_ENCODING_PNG, in.getInt(16), in.getInt(20));
        in.position(8);
        for (int chunk = 0; chunk < MAX_PNG_CHUNKS && in.remaining() >= 12; chunk++) {
            long length = Integer.toUnsignedLong(in.getInt());
            int type = in.getInt();
            if (length + 4 > in.remaining()) {
                throw malformed("a PNG chunk of " + length + " bytes, but only " + in.remaining() + " are left");
            }
            if (type == IEND) {
                return header;
            }
            in.position(in.position() + (int) length + 4);
        }
        throw malformed("expected the PNG chunk IEND among the first " + MAX_PNG_CHUNKS + ", found none");
    }

    private static ImageHeader jpeg(ByteBuffer in) throws UnusableEventException {
        ImageHeader header = null;
        int scans = 0;
        in.position(2);
        while (in.remaining() >= 2) {
            int marker = nextMarker(in);
            if (marker == 0xd9) {
                break;
            }
            if (marker == 0x01 || (marker >= 0xd0 && marker <= 0xd8)) {
                continue;
            }
            int length = in.remaining() < 2 ? 0 : Short.toUnsignedInt(in.getShort(in.position()));
            if (length < 2 || length > in.remaining()) {
                throw malformed("a JPEG segment of " + length + " bytes, but only " + in.remaining() + " are left");
            }
            if (marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc) {
                header = frame(in, marker, length, header);
            } else if (marker == 0xda && ++scans > MAX_JPEG_SCANS) {
                throw new UnusableEventException(
                        Reason.OVERSIZED, "Expected a JPEG of at most " + MAX_JPEG_SCANS + " scans, found more");
            }
            in.position(in.position() + length);
        }
        if (header == null || scans == 0) {
            throw malformed("expected a JPEG frame and a scan, found " + scans + " scans");
        }
        return header;
    }

    /** Skips compressed data up to the next marker; 0xd9 (end of image) if there is none. */
    private static int nextMarker(ByteBuffer in) {
        while (in.remaining() >= 2) {
            if (in.get() == (byte) 0xff) {
                int code = in.get(in.position()) & 0xff;
                if (code != 0 && code != 0xff) {
                    in.position(in.position() + 1);
                    return code;
                }
            }
        }
        return 0xd9;
    }

    private static ImageHeader frame(ByteBuffer in, int marker, int length, @Nullable ImageHeader earlier)
            throws UnusableEventException {
        if (marker > 0xc2 || length < 8 || earlier != null) {
            throw malformed("expected one baseline or progressive JPEG frame, found marker "
                    + Integer.toHexString(marker) + " of " + length + " bytes");
        }
        int at = in.position();
        return bounded(
                ImageEncoding.IMAGE_ENCODING_JPEG,
                Short.toUnsignedInt(in.getShort(at + 5)),
                Short.toUnsignedInt(in.getShort(at + 3)));
    }

    private static ImageHeader bounded(ImageEncoding encoding, int width, int height) throws UnusableEventException {
        Pixels.checkSides(width, height);
        return new ImageHeader(encoding, width, height);
    }

    private static UnusableEventException malformed(String message) {
        return new UnusableEventException(Reason.UNDECODABLE, "Image: " + message);
    }
}
