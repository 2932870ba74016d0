package io.fineprune.agent.recordings;

import static org.assertj.core.api.Assertions.assertThat;

import io.fineprune.agent.preprocessing.AudioSpec;
import io.fineprune.agent.preprocessing.ImageSpec;
import io.fineprune.agent.preprocessing.Preprocessor;
import io.fineprune.agent.preprocessing.Preprocessors;
import io.fineprune.schemas.v1.SensorEvent;
import io.fineprune.topology.activation.ModelInput;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import org.junit.jupiter.api.Test;

/** Real recordings, where the folder of optional material is there. */
class SharedRecordingsTest {
    private static final int NUMBERS = 32 * 32;

    /**
     * One speaker's clips.
     *
     * @param inputs [clips, frames * bands]
     */
    private record Speaker(String name, int[] digits, float[][] inputs) {}

    @Test
    void shouldYieldFramesThatTellTheDigitsOfAnUnheardSpeakerApart() throws Exception {
        SortedMap<String, List<Recording>> users = Recordings.byUser(Recordings.load(SharedData.folder("fsdd")));
        assertThat(users)
                .hasSize(6)
                .allSatisfy((user, clips) -> assertThat(clips).hasSize(500));
        Preprocessor preprocessor = Preprocessors.create(AudioSpec.logMel(8000, 32, 32), new int[] {32, 32, 1});
        List<Speaker> speakers = new ArrayList<>();
        for (List<Recording> clips : users.values()) {
            int[] digits = clips.stream()
                    .mapToInt(clip -> Integer.parseInt(clip.label()))
                    .toArray();
            speakers.add(new Speaker(clips.get(0).user(), digits, inputs(clips, preprocessor)));
        }
        double correct = 0;
        for (Speaker unheard : speakers) {
            double[][] means = new double[10][NUMBERS];
            for (Speaker heard : speakers) {
                for (int clip = 0; clip < 500 && !heard.name().equals(unheard.name()); clip++) {
                    for (int i = 0; i < NUMBERS; i++) {
                        means[heard.digits()[clip]][i] += heard.inputs()[clip][i] / 250;
                    }
                }
            }
            for (int clip = 0; clip < 500; clip++) {
                correct += nearest(unheard.inputs()[clip], means) == unheard.digits()[clip] ? 1 : 0;
            }
        }
        // The nearest of ten mean pictures, without any learning: chance is 0.1.
        assertThat(correct / 3000).isGreaterThan(0.6);
    }

    @Test
    void shouldReadWordsInFolders() throws Exception {
        List<Recording> words = Recordings.load(SharedData.folder("arabic-speech-commands"));
        assertThat(words).hasSize(400);
        assertThat(Recordings.byUser(words))
                .hasSize(4)
                .allSatisfy((user, clips) -> assertThat(clips).hasSize(100));
        Preprocessor preprocessor = Preprocessors.create(AudioSpec.keywordSpotting(), new int[] {49, 10, 1});
        for (Recording word : words.subList(0, 40)) {
            SensorEvent.Builder event = SensorEvent.newBuilder();
            word.writeTo(event);
            assertThat(((ModelInput.Values) preprocessor.prepare(event.build())).values())
                    .hasSize(490);
        }
    }

    @Test
    void shouldReadDigitsOfWriters() throws Exception {
        List<Recording> digits = Recordings.load(SharedData.folder("qmnist-writers"));
        assertThat(digits).hasSize(4999);
        assertThat(Recordings.byUser(digits)).hasSize(48);
        Preprocessor preprocessor = Preprocessors.create(new ImageSpec(28, 28, 1, 1 / 255.0, 0), new int[] {28, 28, 1});
        SensorEvent.Builder event = SensorEvent.newBuilder();
        digits.get(4998).writeTo(event);
        float[] pixels = ((ModelInput.Values) preprocessor.prepare(event.build())).values();
        double ink = 0;
        for (float pixel : pixels) {
            ink += pixel / pixels.length;
        }
        assertThat(ink).isBetween(0.02, 0.4);
    }

    private static float[][] inputs(List<Recording> clips, Preprocessor preprocessor) throws Exception {
        float[][] inputs = new float[clips.size()][];
        for (int i = 0; i < inputs.length; i++) {
            SensorEvent.Builder event = SensorEvent.newBuilder();
            clips.get(i).writeTo(event);
            inputs[i] = ((ModelInput.Values) preprocessor.prepare(event.build())).values();
        }
        return inputs;
    }

    private static int nearest(float[] input, double[][] means) {
        int best = 0;
        double least = Double.MAX_VALUE;
        for (int digit = 0; digit < means.length; digit++) {
            double distance = 0;
            for (int i = 0; i < NUMBERS; i++) {
                double difference = input[i] - means[digit][i];
                distance += difference * difference;
            }
            if (distance < least) {
                least = distance;
                best = digit;
            }
        }
        return best;
    }
}
