package io.fineprune.agent.preprocessing;

import io.fineprune.schemas.v1.SensorEvent;
import io.fineprune.topology.activation.UnusableEventException;
import io.fineprune.topology.activation.UnusableEventException.Reason;
import java.util.ArrayList;
import java.util.List;

/** What an event's payload decodes to, before any model's preprocessing. */
public sealed interface Decoded {
    /**
     * One channel of sound.
     *
     * @param sampleRateHz samples per second
     * @param channels that were mixed into it
     * @param frames samples of the one channel
     * @param cutOff whether the recording's header announces more
     * @param rms root mean square; full scale is 1
     * @param peak largest magnitude; full scale is 1
     */
    record Sound(int sampleRateHz, int channels, int frames, boolean cutOff, double rms, double peak)
            implements Decoded {}

    /**
     * A picture as it is to be seen, turned upright and over white.
     *
     * @param first red, green and blue of the upper left pixel, 0 to 255
     * @param last the same of the lower right pixel
     */
    record Picture(int width, int height, List<Integer> first, List<Integer> last) implements Decoded {}

    /**
     * Decodes an event's payload.
     *
     * @throws UnusableEventException if it is neither sound nor a picture, or cannot be decoded
     */
    static Decoded of(SensorEvent event) throws UnusableEventException {
        if (event.hasAudio()) {
            Wav header = AudioDecoder.header(event.getAudio());
            float[] samples = AudioDecoder.decode(event.getAudio()).samples();
            double squares = 0;
            double peak = 0;
            for (float sample : samples) {
                squares += (double) sample * sample;
                peak = Math.max(peak, Math.abs(sample));
            }
            return new Sound(
                    header.sampleRateHz(),
                    header.channels(),
                    samples.length,
                    header.cutOff(),
                    Math.sqrt(squares / samples.length),
                    peak);
        }
        if (event.hasImage()) {
            Pixels pixels = ImageDecoder.decode(event.getImage()).withChannels(3);
            int end = pixels.width() * pixels.height() - 1;
            return new Picture(pixels.width(), pixels.height(), colour(pixels, 0), colour(pixels, end));
        }
        throw new UnusableEventException(Reason.MALFORMED, "Expected an event with sound or a picture, found neither");
    }

    private static List<Integer> colour(Pixels pixels, int at) {
        List<Integer> colour = new ArrayList<>();
        for (int c = 0; c < 3; c++) {
            colour.add(Math.round(pixels.values()[3 * at + c]));
        }
        return List.copyOf(colour);
    }
}
