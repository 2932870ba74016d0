package io.fineprune.agent.preprocessing;

import com.drew.lang.ByteArrayReader;
import com.drew.metadata.Directory;
import com.drew.metadata.Metadata;
import com.drew.metadata.exif.ExifDirectoryBase;
import com.drew.metadata.exif.ExifIFD0Directory;
import com.drew.metadata.exif.ExifReader;
import java.nio.ByteBuffer;

/** How a camera was held: the tag 0x0112 of EXIF, by which whoever shows a picture is to turn it. */
final class Orientation {
    private static final int UPRIGHT = 1;
    private static final int LAST = 8;

    private Orientation() {}

    /**
     * Reads it.
     *
     * @param exif a TIFF header and what follows it
     * @return 1 to 8; 1 where there is none or it cannot be understood, since a picture is of use without it
     */
    static int of(ByteBuffer exif) {
        byte[] bytes = new byte[exif.remaining()];
        exif.get(bytes);
        Metadata metadata = new Metadata();
        new ExifReader().extract(new ByteArrayReader(bytes), metadata);
        Directory directory = metadata.getFirstDirectoryOfType(ExifIFD0Directory.class);
        Integer found = directory == null ? null : directory.getInteger(ExifDirectoryBase.TAG_ORIENTATION);
        return found == null || found < UPRIGHT || found > LAST ? UPRIGHT : found;
    }
}
