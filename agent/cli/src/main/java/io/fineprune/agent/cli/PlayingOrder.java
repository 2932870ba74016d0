package io.fineprune.agent.cli;

import io.fineprune.agent.recordings.Recording;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Random;

/** Order in which a device streams its recordings. */
enum PlayingOrder {
    /** At random, so that a budget meets all classes. */
    SHUFFLED,
    /** As they are listed. */
    RECORDED,
    /** One class after the other, by name. */
    SORTED;

    /** @param seed of the random order */
    List<Recording> of(List<Recording> listed, long seed) {
        List<Recording> ordered = new ArrayList<>(listed);
        switch (this) {
            case SHUFFLED -> Collections.shuffle(ordered, new Random(seed));
            case SORTED -> ordered.sort(Comparator.comparing(Recording::label));
            case RECORDED -> {}
        }
        return ordered;
    }
}
