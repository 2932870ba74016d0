package io.fineprune.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.fineprune.agent.recordings.Recording;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PlayingOrderTest {
    private static final List<Recording> LISTED = IntStream.range(0, 60)
            .mapToObj(i -> new Recording("r" + i, "ann", "word " + (i / 2) % 3, i, (event, encoding) -> {}))
            .toList();

    @Test
    void shouldMeetEveryClassEarlyWhenShuffledAndRepeatItself() {
        List<Recording> shuffled = PlayingOrder.SHUFFLED.of(LISTED, 7);
        assertThat(shuffled).containsExactlyInAnyOrderElementsOf(LISTED).isNotEqualTo(LISTED);
        assertThat(shuffled.subList(0, 20).stream().map(Recording::label).distinct())
                .hasSize(3);
        assertThat(PlayingOrder.SHUFFLED.of(LISTED, 7)).isEqualTo(shuffled);
        assertThat(PlayingOrder.SHUFFLED.of(LISTED, 8)).isNotEqualTo(shuffled);
    }

    @Test
    void shouldKeepTheListOrGoThroughTheClasses() {
        assertThat(PlayingOrder.RECORDED.of(LISTED, 7)).isEqualTo(LISTED);
        assertThat(PlayingOrder.SORTED.of(LISTED, 7).subList(0, 20))
                .allMatch(recording -> recording.label().equals("word 0"));
    }
}
