package io.fineprune.agent.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fineprune.agent.recordings.Recording;
import io.fineprune.schemas.v1.AccuracyEstimate;
import io.fineprune.schemas.v1.Evidence;
import io.fineprune.schemas.v1.MaskAcknowledgement;
import io.fineprune.schemas.v1.MaskUpdate;
import io.fineprune.schemas.v1.Sparsity;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class DemoTest {
    @Test
    void shouldHoldOutAtLeastAFifthOfEachClassAndStreamItNever() throws Exception {
        DemoData data = DemoData.split(recordings(List.of("anna", "bert", "carl"), 28), List.of("bert"), 4, 1);
        assertThat(data.users().keySet()).containsExactly("bert");
        DemoData.UserData bert = java.util.Objects.requireNonNull(data.users().get("bert"));
        assertThat(bert.streamed()).hasSize(2 * 22);
        for (String label : List.of("0", "1")) {
            assertThat(bert.heldOut().stream()
                            .filter(recording -> recording.label().equals(label)))
                    .hasSize(6);
        }
        Set<Recording> both = new HashSet<>(bert.streamed());
        both.retainAll(bert.heldOut());
        assertThat(both).isEmpty();
        assertThat(data.others())
                .hasSize(2 * 2 * 28)
                .noneMatch(recording -> recording.user().equals("bert"));
    }

    @Test
    void shouldStreamInTheSameOrderForTheSameSeed() throws Exception {
        List<Recording> recordings = recordings(List.of("anna"), 20);
        DemoData first = DemoData.split(recordings, List.of(), 1, 7);
        assertThat(DemoData.split(recordings, List.of(), 1, 7).users()).isEqualTo(first.users());
        assertThat(DemoData.split(recordings, List.of(), 1, 8).users()).isNotEqualTo(first.users());
    }

    @Test
    void shouldFitTheBudgetToThePoorestUser() throws Exception {
        List<Recording> recordings = new ArrayList<>(recordings(List.of("anna"), 50));
        recordings.addAll(recordings(List.of("bert"), 10));
        DemoData data = DemoData.split(recordings, List.of(), 4, 1);
        assertThat(data.users()).hasSize(2);
        assertThat(data.budget(200)).isEqualTo(16);
        assertThat(data.budget(5)).isEqualTo(5);
    }

    @Test
    void shouldNameTheUsersThereAreWhenOneIsNotThere() {
        assertThatThrownBy(() -> DemoData.split(recordings(List.of("anna"), 5), List.of("nobody"), 4, 1))
                .isInstanceOf(DemoException.class)
                .hasMessageContaining("[anna]")
                .hasMessageContaining("nobody");
    }

    @Test
    void shouldTellAppliedMasksFromMissingOnes() {
        MaskUpdate mask = MaskUpdate.newBuilder()
                .setSparsity(
                        Sparsity.newBuilder().setNodes(0.7).setWeights(0.91).setMacs(0.9))
                .setEvidence(Evidence.newBuilder()
                        .setEstimatedAccuracy(AccuracyEstimate.newBuilder()
                                .setValue(0.93)
                                .setLower(0.88)
                                .setUpper(0.97)))
                .build();
        UserResult applied = result("anna", Optional.of(mask), Optional.of(MaskAcknowledgement.getDefaultInstance()));
        UserResult without = result("bert", Optional.empty(), Optional.empty());
        assertThat(new Demo.Result(List.of(applied), 200, Set.of()).complete()).isTrue();
        assertThat(new Demo.Result(List.of(applied, without), 200, Set.of()).complete())
                .isFalse();
        assertThat(new Demo.Result(List.of(applied, without), 200, Set.of(without.user())).complete())
                .isTrue();
        assertThat(new Demo.Result(List.of(without), 200, Set.of(without.user())).complete())
                .isFalse();
        String table = DemoTable.of(List.of(applied, without), 200);
        assertThat(table.lines().filter(line -> line.startsWith("anna")))
                .singleElement()
                .satisfies(line -> assertThat(line).contains("91.0 %", "+0.100", "0.93 (0.88-0.97)", "905 ms"));
        assertThat(table.lines().filter(line -> line.startsWith("bert")))
                .singleElement()
                .satisfies(line -> assertThat(line).contains("no mask"));
    }

    private static UserResult result(String user, Optional<MaskUpdate> mask, Optional<MaskAcknowledgement> answer) {
        return new UserResult(
                user, 220, 60, 0.75, 0.85, mask, answer, answer.map(given -> 905L), 400, 0, 12, mask.isPresent());
    }

    private static List<Recording> recordings(List<String> users, int perClass) {
        List<Recording> recordings = new ArrayList<>();
        for (String user : users) {
            for (String label : List.of("0", "1")) {
                for (int i = 0; i < perClass; i++) {
                    recordings.add(new Recording(label + "_" + user + "_" + i, user, label, i, (event, encoding) -> {
                        throw new java.io.IOException("never read here");
                    }));
                }
            }
        }
        return recordings;
    }
}
