package io.fineprune.agent.preprocessing;

import io.fineprune.schemas.v1.ImageEncoding;
import io.fineprune.topology.activation.UnusableEventException;
import io.fineprune.topology.activation.UnusableEventException.Reason;
import java.nio.ByteBuffer;

/**
 * What the header of a PNG or JPEG image says, read without decoding it. The whole chain of chunks or segments is walked,
 * so that no length in it goes beyond the bytes that are there, and no image has scans enough to keep a decoder busy.
 *
 * @param encoding PNG or JPEG
 * @param width pixels as they are stored, before the image is turned; 1 to 4096
 * @param height pixels as they are stored; 1 to 4096
 * @param components of a JPEG: 1 grey, 3 colours, 4 inks; 0 of a PNG
 * @param ended whether the marker or chunk that ends the image is there
 * @param orientation of EXIF, 1 to 8; 1: as it is stored
 */
public record ImageHeader(
        ImageEncoding encoding, int width, int height, int components, boolean ended, int orientation) {
    private static final long PNG_SIGNATURE = 0x89504e470d0a1a0aL;
    private static final int IHDR = 0x49484452;
    private static final int IEND = 0x49454e44;
    private static final int EXIF_CHUNK = 0x65584966;
    /** "Exif" and two zero bytes, with which an application segment of a JPEG begins that holds EXIF. */
    private static final long EXIF_SEGMENT = 0x4578_6966_0000L;

    private static final int MAX_PNG_CHUNKS = 4096;
    private static final int MAX_JPEG_SCANS = 32;
    /** Returned instead of a marker where the image has no further one. */
    private static final int NONE = -1;

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
        int width = in.getInt(16);
        int height = in.getInt(20);
        Pixels.checkSides(width, height);
        int orientation = 1;
        in.position(8);
        for (int chunk = 0; chunk < MAX_PNG_CHUNKS && in.remaining() >= 12; chunk++) {
            long length = Integer.toUnsignedLong(in.getInt());
            int type = in.getInt();
            if (length + 4 > in.remaining()) {
                throw malformed("a PNG chunk of " + length + " bytes, but only " + in.remaining() + " are left");
            }
            if (type == EXIF_CHUNK) {
                orientation = Orientation.of(in.slice(in.position(), (int) length));
            }
            if (type == IEND) {
                return new ImageHeader(ImageEncoding.IMAGE_ENCODING_PNG, width, height, 0, true, orientation);
            }
            in.position(in.position() + (int) length + 4);
        }
        throw malformed("expected the PNG chunk IEND among the first " + MAX_PNG_CHUNKS + ", found none");
    }

    private static ImageHeader jpeg(ByteBuffer in) throws UnusableEventException {
        int frame = -1;
        int scans = 0;
        int orientation = 1;
        boolean ended = false;
        in.position(2);
        while (in.remaining() >= 2) {
            int marker = nextMarker(in);
            if (marker == NONE || marker == 0xd9) {
                ended = marker == 0xd9;
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
                checkFrame(marker, length, frame);
                frame = in.position();
            } else if (marker == 0xe1 && length > 8 && in.getLong(in.position() + 2) >>> 16 == EXIF_SEGMENT) {
                orientation = Orientation.of(in.slice(in.position() + 8, length - 8));
            } else if (marker == 0xda && ++scans > MAX_JPEG_SCANS) {
                throw new UnusableEventException(
                        Reason.OVERSIZED, "Expected a JPEG of at most " + MAX_JPEG_SCANS + " scans, found more");
            }
            in.position(in.position() + length);
        }
        if (frame < 0 || scans == 0) {
            throw malformed("expected a JPEG frame and a scan, found " + scans + " scans");
        }
        int width = Short.toUnsignedInt(in.getShort(frame + 5));
        int height = Short.toUnsignedInt(in.getShort(frame + 3));
        Pixels.checkSides(width, height);
        int components = in.get(frame + 7) & 0xff;
        return new ImageHeader(ImageEncoding.IMAGE_ENCODING_JPEG, width, height, components, ended, orientation);
    }

    /** Skips compressed data up to the next marker. */
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
        return NONE;
    }

    private static void checkFrame(int marker, int length, int earlier) throws UnusableEventException {
        if (marker > 0xc2 || length < 8 || earlier >= 0) {
            throw malformed("expected one baseline or progressive JPEG frame, found marker "
                    + Integer.toHexString(marker) + " of " + length + " bytes");
        }
    }

    private static UnusableEventException malformed(String message) {
        return new UnusableEventException(Reason.UNDECODABLE, "Image: " + message);
    }
}
