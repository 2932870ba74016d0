package io.fineprune.agent.fuzz;

import com.google.protobuf.ByteString;
import io.fineprune.agent.preprocessing.ImageHeader;
import io.fineprune.agent.preprocessing.ImageSpec;
import io.fineprune.agent.preprocessing.Preprocessor;
import io.fineprune.agent.preprocessing.Preprocessors;
import io.fineprune.schemas.v1.ImageEncoding;
import io.fineprune.schemas.v1.ImageFrame;
import io.fineprune.schemas.v1.SensorEvent;
import io.fineprune.topology.activation.ModelInput;
import io.fineprune.topology.activation.UnusableEventException;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;

/** Image frames: headers, PNG, JPEG and raw pixels, through the decoders to a model's input. */
final class ImageInput implements FuzzTarget.Input {
    private static final int SIDE = 8;

    private final List<Preprocessor> preprocessors = List.of(
            Preprocessors.create(new ImageSpec(SIDE, SIDE, 1, 1 / 255.0, 0), new int[] {SIDE, SIDE, 1}),
            Preprocessors.create(new ImageSpec(SIDE, SIDE, 3, 1 / 255.0, 0), new int[] {SIDE, SIDE, 3}));

    @Override
    public void take(byte[] bytes) {
        if (bytes.length < 6) {
            return;
        }
        ByteBuffer in = ByteBuffer.wrap(bytes);
        byte[] content = Bytes.from(bytes, 6);
        int kind = bytes[0] & 3;
        if (kind == 0) {
            ImageEncoding encoding = ImageEncoding.forNumber(bytes[5] & 3);
            frame(encoding, in.getShort(1), in.getShort(3), content);
            return;
        }
        try { // sizes that agree with the header's, so that more is reached
            ImageHeader header = ImageHeader.parse(ByteBuffer.wrap(content));
            frame(header.encoding(), header.width(), header.height(), content);
        } catch (UnusableEventException e) {
            frame(ImageEncoding.IMAGE_ENCODING_PNG, 1, 1, content);
        }
    }

    private void frame(ImageEncoding encoding, int width, int height, byte[] content) {
        for (int channels : new int[] {1, 3}) {
            SensorEvent event = SensorEvent.newBuilder()
                    .setImage(ImageFrame.newBuilder()
                            .setWidth(width)
                            .setHeight(height)
                            .setChannels(channels)
                            .setEncoding(encoding)
                            .setData(ByteString.copyFrom(content)))
                    .build();
            try {
                ModelInput.Values prepared = (ModelInput.Values)
                        preprocessors.get(channels == 1 ? 0 : 1).prepare(event);
                for (float value : prepared.values()) {
                    Bytes.check(value >= -0.001 && value <= 1.001, "pixels from 0 to 1, but was " + value);
                }
            } catch (UnusableEventException e) {
                Bytes.check(!String.valueOf(e.getMessage()).isBlank(), "a reason");
            }
        }
    }

    @Override
    public List<byte[]> seeds() {
        List<byte[]> seeds = new ArrayList<>();
        byte[] head = {0, 3, 0, 4, 3};
        seeds.add(Bytes.of(0, head, new byte[12]));
        seeds.add(Bytes.of(0, head, new byte[36]));
        int[] types = {
            BufferedImage.TYPE_BYTE_GRAY,
            BufferedImage.TYPE_3BYTE_BGR,
            BufferedImage.TYPE_4BYTE_ABGR,
            BufferedImage.TYPE_BYTE_INDEXED,
            BufferedImage.TYPE_USHORT_GRAY,
            BufferedImage.TYPE_BYTE_BINARY
        };
        for (int type : types) {
            seeds.add(Bytes.of(1, head, encoded(type, "png")));
        }
        seeds.add(Bytes.of(1, head, encoded(BufferedImage.TYPE_BYTE_GRAY, "jpeg")));
        seeds.add(Bytes.of(1, head, encoded(BufferedImage.TYPE_3BYTE_BGR, "jpeg")));
        return seeds;
    }

    private static byte[] encoded(int type, String format) {
        BufferedImage image = new BufferedImage(5, 4, type);
        for (int i = 0; i < 20; i++) {
            image.setRGB(i % 5, i / 5, 0xff000000 | i * 0x0b1f2d);
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            Bytes.check(ImageIO.write(image, format, out), "a writer of " + format);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }
}
