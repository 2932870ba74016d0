package io.fineprune.agent.personalization;

import static org.assertj.core.api.Assertions.assertThat;

import io.fineprune.agent.recordings.Recording;
import io.fineprune.agent.recordings.Recordings;
import io.fineprune.agent.recordings.SharedData;
import io.fineprune.agent.source.Payloads;
import io.fineprune.agent.source.SourceModels;
import io.fineprune.agent.tensorflow.TensorFlowModel;
import io.fineprune.topology.activation.ActivationBatch;
import io.fineprune.topology.activation.ModelInput;
import io.fineprune.topology.sums.SumsAccumulator;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** How well blocks of a user's own later events are told from blocks of other speakers' events. */
class DriftSeparationTest {
    private static final int BLOCK = 50;
    private static final int PRUNED_ON = 250;
    private static final double RECOMMENDED = 2;

    /** What drift is found in. */
    private record Distances(List<Double> same, List<Double> other) {
        @Override
        public String toString() {
            StringBuilder text = new StringBuilder();
            for (double threshold : new double[] {1.5, 2, 2.5, 3, 3.5, 4}) {
                text.append("threshold %.1f: %d of %d own blocks beyond, %d of %d blocks of other speakers%n"
                        .formatted(
                                threshold,
                                beyond(same, threshold),
                                same.size(),
                                beyond(other, threshold),
                                other.size()));
            }
            return text + "own %s%nothers %s".formatted(quantiles(same), quantiles(other));
        }

        static long beyond(List<Double> distances, double threshold) {
            return distances.stream().filter(distance -> distance >= threshold).count();
        }

        private static String quantiles(List<Double> distances) {
            List<Double> sorted = distances.stream().sorted().toList();
            int n = sorted.size();
            return "least %.2f, median %.2f, most %.2f".formatted(sorted.get(0), sorted.get(n / 2), sorted.get(n - 1));
        }
    }

    @Test
    void shouldTellSpeakersOfTheFreeSpokenDigitDatasetApart() throws Exception {
        Path data = SharedData.folder("fsdd");
        try (TensorFlowModel model = SourceModels.open(Path.of("src", "main", "resources", "demo", "model"), 32)) {
            Distances found = measure(model, data);
            System.out.println(found);
            assertThat(found.same())
                    .hasSize(30)
                    .allSatisfy(distance -> assertThat(distance).isLessThan(RECOMMENDED));
            assertThat(found.other()).hasSize(150);
            assertThat(Distances.beyond(found.other(), RECOMMENDED)).isGreaterThan(120);
        }
    }

    private static Distances measure(TensorFlowModel model, Path data) throws Exception {
        Map<String, List<Row>> rows = new TreeMap<>();
        for (Map.Entry<String, List<Recording>> user :
                Recordings.byUser(Recordings.load(data)).entrySet()) {
            List<Recording> shuffled = new ArrayList<>(user.getValue());
            Collections.shuffle(shuffled, new Random(7));
            rows.put(user.getKey(), rows(model, shuffled.subList(0, PRUNED_ON + 5 * BLOCK)));
        }
        List<Double> same = new ArrayList<>();
        List<Double> other = new ArrayList<>();
        rows.forEach((user, own) -> rows.forEach((speaker, theirs) -> {
            SumsAccumulator sums = SumsAccumulator.empty(model.architecture(), BLOCK);
            own.subList(0, PRUNED_ON).forEach(row -> row.addTo(sums));
            sums.mark();
            for (Row row : theirs.subList(PRUNED_ON, theirs.size())) {
                row.addTo(sums);
                sums.drift().ifPresent((speaker.equals(user) ? same : other)::add);
            }
        }));
        return new Distances(same, other);
    }

    private record Row(ActivationBatch batch, int row) {
        void addTo(SumsAccumulator sums) {
            sums.add(batch, row, 1);
        }
    }

    private static List<Row> rows(TensorFlowModel model, List<Recording> recordings) throws Exception {
        List<Row> rows = new ArrayList<>();
        for (int from = 0; from < recordings.size(); from += 32) {
            List<ModelInput> inputs = new ArrayList<>();
            for (Recording recording : recordings.subList(from, Math.min(recordings.size(), from + 32))) {
                inputs.add(model.prepare(Payloads.of(recording)));
            }
            ActivationBatch batch = model.evaluate(inputs);
            for (int row = 0; row < inputs.size(); row++) {
                rows.add(new Row(batch, row));
            }
        }
        return rows;
    }
}
