package io.fineprune.agent.preprocessing;

import io.fineprune.agent.recordings.Recording;
import io.fineprune.agent.recordings.Recordings;
import io.fineprune.schemas.v1.SensorEvent;
import io.fineprune.topology.activation.UnusableEventException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What becomes of a file on the way from a table of recordings through a message to samples or pixels. */
sealed interface Decoded {
    /**
     * One channel of sound.
     *
     * @param rms root mean square, full scale is 1
     */
    record Sound(int rate, int frames, double rms, double peak) implements Decoded {}

    /** A picture as it is to be seen. */
    record Picture(int width, int height, float[] values) implements Decoded {
        int[] pixel(int x, int y) {
            int[] colour = new int[3];
            for (int c = 0; c < 3; c++) {
                colour[c] = Math.round(values[(y * width + x) * 3 + c]);
            }
            return colour;
        }
    }

    record Refused(String why) implements Decoded {}

    static Decoded of(Path file, Path folder) throws IOException {
        Path manifest = folder.resolve("manifest.csv");
        Path copy = folder.resolve("copy");
        Files.write(copy, Files.readAllBytes(file));
        Files.write(manifest, "file,user,label\ncopy,u,l\n".getBytes(StandardCharsets.UTF_8));
        SensorEvent.Builder event = SensorEvent.newBuilder();
        try {
            List<Recording> recordings = Recordings.load(manifest);
            recordings.get(0).writeTo(event);
            if (event.hasAudio()) {
                float[] samples = AudioDecoder.decode(event.getAudio()).samples();
                double squares = 0;
                double peak = 0;
                for (float sample : samples) {
                    squares += sample * sample;
                    peak = Math.max(peak, Math.abs(sample));
                }
                return new Sound(
                        event.getAudio().getSampleRateHz(), samples.length, Math.sqrt(squares / samples.length), peak);
            }
            Pixels pixels = ImageDecoder.decode(event.getImage()).withChannels(3);
            return new Picture(pixels.width(), pixels.height(), pixels.values());
        } catch (UnusableEventException | IOException e) {
            return new Refused(String.valueOf(e.getMessage()));
        }
    }
}
