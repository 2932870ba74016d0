package io.fineprune.agent.recordings;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.fineprune.agent.preprocessing.ImageSpec;
import io.fineprune.agent.preprocessing.Preprocessor;
import io.fineprune.agent.preprocessing.Preprocessors;
import io.fineprune.schemas.v1.AudioEncoding;
import io.fineprune.schemas.v1.ImageEncoding;
import io.fineprune.schemas.v1.SensorEvent;
import io.fineprune.topology.activation.ModelInput;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Folders, archives and tables of recordings as people lay them out, and as they get them wrong. */
class RecordingsTest {
    @TempDir
    Path folder;

    private static byte[] wav(int sampleRateHz, int samples) {
        ByteBuffer out = ByteBuffer.allocate(44 + 2 * samples).order(ByteOrder.LITTLE_ENDIAN);
        out.put("RIFF".getBytes(US_ASCII)).putInt(36 + 2 * samples).put("WAVEfmt ".getBytes(US_ASCII));
        out.putInt(16)
                .putShort((short) 1)
                .putShort((short) 1)
                .putInt(sampleRateHz)
                .putInt(2 * sampleRateHz);
        out.putShort((short) 2)
                .putShort((short) 16)
                .put("data".getBytes(US_ASCII))
                .putInt(2 * samples);
        return out.array();
    }

    private void file(String name, byte[] content) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        Files.write(file, content);
    }

    private static List<String> ids(List<Recording> recordings) {
        return recordings.stream().map(Recording::id).toList();
    }

    private static InvalidRecordingsException refusal(Path path) {
        InvalidRecordingsException refusal =
                catchThrowableOfType(InvalidRecordingsException.class, () -> Recordings.load(path));
        assertThat(refusal).isNotNull();
        return refusal;
    }

    @Test
    void shouldOrderNamedClipsByLabelUserAndNumber() throws Exception {
        for (String name : List.of("1_ann_0", "0_bob_10", "0_bob_9", "0_ann_lee_3")) {
            file(name + ".wav", wav(8000, 100));
        }
        file("README.md", new byte[1]);
        List<Recording> found = Recordings.load(folder);
        assertThat(ids(found)).containsExactly("0_ann_lee_3", "0_bob_9", "0_bob_10", "1_ann_0");
        assertThat(found.get(0).user()).isEqualTo("ann_lee");
        assertThat(found.get(0).label()).isEqualTo("0");
        assertThat(found.get(2).index()).isEqualTo(10);
        assertThat(Recordings.byUser(found).keySet()).containsExactly("ann", "ann_lee", "bob");
    }

    @Test
    void shouldSendAClipWithTheSampleRateOfItsHeader() throws Exception {
        file("0_ann_0.wav", wav(11025, 500));
        SensorEvent.Builder event = SensorEvent.newBuilder();
        Recordings.load(folder).get(0).writeTo(event);
        assertThat(event.getAudio().getSampleRateHz()).isEqualTo(11025);
        assertThat(event.getAudio().getEncoding()).isEqualTo(AudioEncoding.AUDIO_ENCODING_WAV);
        assertThat(event.getAudio().getData().toByteArray()).isEqualTo(wav(11025, 500));
    }

    @Test
    void shouldNameEveryFileThatCannotBeUsed() throws Exception {
        file("0_ann_0.wav", wav(8000, 100));
        file("stray.wav", wav(8000, 100));
        file("0_ann_1.wav", new byte[960_001]);
        assertThat(refusal(folder).problems())
                .hasSize(2)
                .anyMatch(problem -> problem.contains("stray.wav: expected a name like"))
                .anyMatch(problem -> problem.contains("0_ann_1.wav: expected 1 to 960000 bytes, found 960001"));
    }

    @Test
    void shouldReadAnArchiveLikeTheFolder() throws Exception {
        Path zip = folder.resolve("clips.zip");
        try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(zip))) {
            for (String name : List.of("set/1_ann_0.wav", "set/0_bob_2.wav", "set/LICENSE", "__MACOSX/._x.wav")) {
                out.putNextEntry(new ZipEntry(name));
                out.write(wav(8000, 300));
            }
        }
        List<Recording> found = Recordings.load(zip);
        assertThat(ids(found)).containsExactly("0_bob_2", "1_ann_0");
        SensorEvent.Builder event = SensorEvent.newBuilder();
        found.get(1).writeTo(event);
        assertThat(event.getAudio().getData().size()).isEqualTo(644);
    }

    @Test
    void shouldRefuseAnArchiveThatGrowsBeyondItsBound() throws Exception {
        Path zip = folder.resolve("bomb.zip");
        try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(zip))) {
            out.putNextEntry(new ZipEntry("0_ann_0.wav"));
            for (int i = 0; i < 100; i++) {
                out.write(new byte[1 << 20]);
            }
        }
        assertThat(Files.size(zip)).isLessThan(200_000);
        assertThatThrownBy(() -> Recordings.load(zip)).hasMessageContaining("expected at most 960000 bytes");
    }

    @Test
    void shouldTakeTheUserFromTheNameAndTheLabelFromTheFolder() throws Exception {
        file("yes/00000002_NO_01.wav", wav(16000, 100));
        file("yes/00000001_NO_02.wav", wav(16000, 100));
        file("yes/00000001_NO_01.wav", wav(16000, 100));
        file("no/00000001_NO_01.wav", wav(16000, 100));
        file("_background_noise_/hum.wav", wav(16000, 100));
        List<Recording> found = Recordings.load(folder);
        assertThat(ids(found))
                .containsExactly("no_00000001_NO_01", "yes_00000001_NO_01", "yes_00000001_NO_02", "yes_00000002_NO_01");
        assertThat(found.get(2).user()).isEqualTo("00000001");
        assertThat(found.get(2).index()).isEqualTo(1);
    }

    @Test
    void shouldReadAManifest() throws Exception {
        file("audio/a.wav", wav(8000, 100));
        file("audio/b, c.wav", wav(8000, 100));
        Files.writeString(
                folder.resolve("manifest.csv"),
                "label,file,user,remark\nyes,audio/a.wav,ann,\nno,\"audio/b, c.wav\",\"Ann \"\"A\"\"\",x\n\n");
        List<Recording> found = Recordings.load(folder);
        assertThat(ids(found)).containsExactly("a", "b, c");
        assertThat(found.get(1).user()).isEqualTo("Ann \"A\"");
        assertThat(Recordings.load(folder.resolve("manifest.csv"))).hasSize(2);
    }

    @Test
    void shouldReportAllBadRowsOfAManifestTogether() throws Exception {
        file("a.wav", wav(8000, 100));
        Path manifest = folder.resolve("manifest.csv");
        Files.writeString(manifest, "file,user,label\na.wav,ann,yes\nb.wav,,\na.wav,ann\n,ann,yes\na.wav,ann,yes\n");
        assertThat(refusal(manifest).problems())
                .hasSize(4)
                .anyMatch(problem -> problem.startsWith("line 3: expected a user")
                        && problem.contains("expected a label")
                        && problem.contains("there is no file"))
                .contains("line 4: expected 3 fields, found 2")
                .contains("line 5: expected a file, found none")
                .contains("line 6: a.wav was listed on line 2 already");
        Files.writeString(manifest, "path,who\n");
        assertThat(refusal(manifest).problems()).hasSize(3).allMatch(problem -> problem.startsWith("line 1"));
    }

    @Test
    void shouldSendAnImageInEveryEncoding() throws Exception {
        byte[] pixels = new byte[3 * 28 * 28];
        new Random(2).nextBytes(pixels);
        idx(3, 28, 28, pixels);
        Files.writeString(folder.resolve("labels.csv"), "index,digit,writer\n0,9,326\n2,8,326\n1,9,326\n");
        List<Recording> found = Recordings.load(folder);
        assertThat(ids(found)).containsExactly("image-0", "image-2", "image-1");
        assertThat(found.get(2).index()).isEqualTo(1);
        Preprocessor preprocessor = Preprocessors.create(new ImageSpec(28, 28, 1, 1, 0), new int[] {28, 28, 1});
        SensorEvent.Builder event = SensorEvent.newBuilder();
        found.get(1).writeTo(event);
        float[] raw = ((ModelInput.Values) preprocessor.prepare(event.build())).values();
        assertThat(raw[0]).isEqualTo(pixels[2 * 784] & 0xff);
        found.get(1).writeTo(event, ImageEncoding.IMAGE_ENCODING_PNG);
        assertThat(((ModelInput.Values) preprocessor.prepare(event.build())).values())
                .isEqualTo(raw);
        found.get(1).writeTo(event, ImageEncoding.IMAGE_ENCODING_JPEG);
        float[] jpeg = ((ModelInput.Values) preprocessor.prepare(event.build())).values();
        double error = 0;
        for (int i = 0; i < 784; i++) {
            error += Math.abs(jpeg[i] - raw[i]) / 784;
        }
        assertThat(error).isBetween(0.01, 8.0);
    }

    @Test
    void shouldRefuseImagesThatLieAboutTheirNumber() throws Exception {
        Files.writeString(folder.resolve("labels.csv"), "index,digit,writer\n0,9,326\n");
        idx(1_000_000_000, 28, 28, new byte[784]);
        assertThatThrownBy(() -> Recordings.load(folder)).hasMessageContaining("expected at most 268435456 bytes");
        idx(300_000, 28, 28, new byte[784]);
        assertThatThrownBy(() -> Recordings.load(folder)).hasMessageContaining("found 784");
        idx(1, -1, 28, new byte[784]);
        assertThatThrownBy(() -> Recordings.load(folder)).hasMessageContaining("28 x -1");
        idx(1, 28, 28, new byte[784]);
        Files.writeString(folder.resolve("labels.csv"), "index,digit,writer\n1,9,326\nx,9,326\n0,9,\n");
        assertThat(refusal(folder).problems()).hasSize(3).allMatch(problem -> problem.matches("line [234]: .*"));
    }

    @Test
    void shouldSayWhichLayoutsThereAreWhenItIsNone() {
        assertThatThrownBy(() -> Recordings.load(folder))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("{label}_{user}_{index}.wav")
                .hasMessageContaining("manifest.csv");
        assertThatThrownBy(() -> Recordings.load(folder.resolve("absent")))
                .hasMessageContaining("there is no such file or folder");
    }

    private void idx(int count, int height, int width, byte[] pixels) throws IOException {
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(folder.resolve("images-idx3-ubyte.gz")))) {
            out.write(ByteBuffer.allocate(16)
                    .putInt(0x803)
                    .putInt(count)
                    .putInt(height)
                    .putInt(width)
                    .array());
            out.write(pixels);
        }
    }
}
