package io.fineprune.agent.preprocessing;

import io.fineprune.topology.activation.UnusableEventException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import javax.sound.sampled.AudioFileFormat;
import javax.sound.sampled.AudioFormat;
import javax.sound.sampled.AudioInputStream;
import javax.sound.sampled.AudioSystem;
import javax.sound.sampled.UnsupportedAudioFileException;

/** Makes WAV recordings of sound files of other formats. */
public final class SoundFiles {
    private SoundFiles() {}

    /**
     * The samples of an AIFF or AU file as a WAV recording: integers of as many bits, or of 16 where they were fewer or logarithmic.
     *
     * @throws UnusableEventException if the JDK cannot decode it
     */
    public static byte[] toWav(byte[] content) throws UnusableEventException {
        try (AudioInputStream in = AudioSystem.getAudioInputStream(new ByteArrayInputStream(content))) {
            AudioFormat from = in.getFormat();
            int bits = from.getEncoding().equals(AudioFormat.Encoding.PCM_SIGNED)
                    ? Math.max(16, from.getSampleSizeInBits())
                    : 16;
            AudioFormat to = new AudioFormat(
                    AudioFormat.Encoding.PCM_SIGNED,
                    from.getSampleRate(),
                    bits,
                    from.getChannels(),
                    from.getChannels() * ((bits + 7) / 8),
                    from.getSampleRate(),
                    false);
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            try (AudioInputStream converted = AudioSystem.getAudioInputStream(to, in)) {
                AudioSystem.write(converted, AudioFileFormat.Type.WAVE, out);
            }
            return out.toByteArray();
        } catch (IOException | UnsupportedAudioFileException | RuntimeException e) {
            throw Wav.malformed("expected an AIFF or AU file that the JDK can decode, but: " + e.getMessage());
        }
    }
}
