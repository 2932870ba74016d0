package io.fineprune.agent.recordings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.fineprune.schemas.v1.ImageEncoding;
import io.fineprune.schemas.v1.SensorEvent;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Data sets as people keep them. */
class LayoutsTest {
    @TempDir
    private Path folder;

    private void files(String... names) throws IOException {
        for (String name : names) {
            Path file = folder.resolve(name);
            Files.createDirectories(file.getParent());
            Files.writeString(file, "anything");
        }
    }

    private List<Recording> load() throws IOException {
        return Recordings.load(folder);
    }

    @Test
    void shouldTellAFolderForEachSpeakerFromOneForEachLabel() throws Exception {
        files("01/0_01_0.wav", "01/1_01_0.wav", "02/0_02_0.wav", "02/0_02_1.WAV");
        assertThat(load())
                .extracting(Recording::user, Recording::label, Recording::index)
                .containsExactly(tuple("01", "0", 0), tuple("02", "0", 0), tuple("02", "0", 1), tuple("01", "1", 0));
    }

    @Test
    void shouldTakePicturesInAFolderForEachLabelAsOneUsersWhereNothingTellsUsersApart() throws Exception {
        files("cat/IMG 1.JPG", "cat/b.png", "dog/Grüße.webp");
        assertThat(load())
                .extracting(Recording::user, Recording::label)
                .containsExactly(tuple("all", "cat"), tuple("all", "cat"), tuple("all", "dog"));
    }

    @Test
    void shouldTakeAFolderForEachUserAndInItOneForEachLabel() throws Exception {
        files("ann/ice cream/1.jpg", "ann/tea/1.jpg", "bob/tea/x.gif");
        assertThat(load())
                .extracting(Recording::user, Recording::label)
                .containsExactly(tuple("ann", "ice cream"), tuple("ann", "tea"), tuple("bob", "tea"));
    }

    @Test
    void shouldPassOverWhatSystemsAndEditorsLeaveInEveryLayout() throws Exception {
        files("yes/ann_1.WAV", "yes/._ann_1.WAV", "yes/.DS_Store", "yes/Thumbs.db", "yes/notes.txt", "no/ann_2.wav");
        files(".ipynb_checkpoints/ann_1.wav", "__MACOSX/ann_1.wav", "_background_noise_/ann_3.wav", "desktop.ini");
        assertThat(load()).extracting(Recording::label).containsExactly("no", "yes");
    }

    @Test
    void shouldNameALabelWithoutRecordings() throws Exception {
        files("yes/ann_1.wav");
        Files.createDirectory(folder.resolve("maybe"));
        assertThatThrownBy(this::load).hasMessageContaining("maybe: expected recordings of maybe, found none");
    }

    @Test
    void shouldReadTablesAsSpreadsheetsWriteThem() throws Exception {
        files("a_b.wav", "c.wav");
        String table = "File;User;Label\r\na_b.wav;Zoë;turn_left\r\nc.wav;Zoë;\"a; b\"\r\n";
        for (Charset charset : List.of(StandardCharsets.UTF_8, StandardCharsets.UTF_16)) {
            Files.write(folder.resolve("manifest.csv"), ("\ufeff" + table).getBytes(charset));
            assertThat(load())
                    .extracting(Recording::user, Recording::label)
                    .containsExactly(tuple("Zoë", "turn_left"), tuple("Zoë", "a; b"));
        }
    }

    @Test
    void shouldNameTheTableAndTheLineThatIsNoText() throws Exception {
        files("a.wav");
        Files.write(
                folder.resolve("manifest.csv"),
                "file,user,label\na.wav,Zo\u00eb,x\n".getBytes(StandardCharsets.ISO_8859_1));
        assertThatThrownBy(this::load).hasMessageContaining("manifest.csv: expected text in UTF-8");
    }

    @Test
    void shouldSendALargePhotographAsASmallerOneTurnedUpright() throws Exception {
        BufferedImage photo = new BufferedImage(2000, 1500, BufferedImage.TYPE_INT_RGB);
        Random random = new Random(1);
        for (int y = 0; y < 1500; y++) {
            for (int x = 0; x < 2000; x++) {
                photo.setRGB(x, y, random.nextInt(1 << 24));
            }
        }
        ByteArrayOutputStream png = new ByteArrayOutputStream();
        ImageIO.write(photo, "png", png);
        assertThat(png.size()).isGreaterThan(Sources.MAX_BYTES);
        Files.createDirectory(folder.resolve("noise"));
        Files.write(folder.resolve("noise").resolve("photo.png"), png.toByteArray());
        SensorEvent.Builder event = SensorEvent.newBuilder();
        load().get(0).writeTo(event);
        assertThat(event.getImage().getEncoding()).isEqualTo(ImageEncoding.IMAGE_ENCODING_JPEG);
        assertThat(event.getImage().getWidth()).isEqualTo(1024);
        assertThat(event.getImage().getHeight()).isEqualTo(768);
        assertThat(event.getImage().getData().size()).isLessThanOrEqualTo(Sources.MAX_BYTES);
    }

    @Test
    void shouldTellARecordingBehindATagFromAnMp3() throws Exception {
        byte[] tag = {'I', 'D', '3', 3, 0, 0, 0, 0, 0, 30};
        ByteArrayOutputStream tagged = new ByteArrayOutputStream();
        tagged.write(tag);
        tagged.write(new byte[30]);
        tagged.write("RIFF....WAVEfmt ".getBytes(StandardCharsets.US_ASCII));
        Files.createDirectory(folder.resolve("yes"));
        Files.write(folder.resolve("yes").resolve("ann_1.wav"), tagged.toByteArray());
        assertThat(load()).hasSize(1);
        tagged.reset();
        tagged.write(tag);
        tagged.write(new byte[300]);
        Files.write(folder.resolve("yes").resolve("ann_1.wav"), tagged.toByteArray());
        assertThatThrownBy(this::load).hasMessageContaining("it is an MP3 recording");
    }

    @Test
    void shouldNameEveryFileOfAFormatThatCannotBeReadBeforeAnythingIsSent() throws Exception {
        Files.createDirectory(folder.resolve("yes"));
        Files.writeString(folder.resolve("yes").resolve("ann_1.wav"), "fLaC...........");
        Files.writeString(folder.resolve("yes").resolve("ann_2.ogg"), "OggS...........");
        assertThatThrownBy(this::load)
                .isInstanceOf(InvalidRecordingsException.class)
                .hasMessageContaining("it is a FLAC recording")
                .hasMessageContaining("it is an Ogg recording");
        assertThat(DataCheck.of(folder, count -> {}).entries())
                .extracting(DataCheck.Entry::label, DataCheck.Entry::decoded)
                .containsOnly(tuple(Optional.of("yes"), Optional.empty()));
    }
}
