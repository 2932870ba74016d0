package io.fineprune.agent.preprocessing;

import io.fineprune.schemas.v1.ImageFrame;
import io.fineprune.topology.activation.UnusableEventException;

/** Turns an image frame into scaled pixels, [height, width, channels]. */
final class ImagePreprocessor {
    private final ImageSpec spec;

    ImagePreprocessor(ImageSpec spec) {
        this.spec = spec;
    }

    float[] prepare(ImageFrame frame) throws UnusableEventException {
        Pixels pixels = ImageDecoder.decode(frame);
        // The cheaper order first: fewer channels before resizing, more after it.
        if (pixels.channels() > spec.channels()) {
            pixels = pixels.withChannels(spec.channels());
        }
        float[] values = pixels.resized(spec.width(), spec.height())
                .withChannels(spec.channels())
                .values();
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (values[i] * spec.scale() + spec.offset());
        }
        return values;
    }
}
