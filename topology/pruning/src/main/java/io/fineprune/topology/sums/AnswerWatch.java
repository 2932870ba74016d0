package io.fineprune.topology.sums;

import io.fineprune.schemas.v1.StoredAnswers;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/**
 * Counts which classes the source model answers to a user's events, and finds those that a block of later events is answered with
 * far more often than the events before it: a class that the user meets only now is among them. A class has risen if chance alone
 * yields so many answers with a probability of at most {@link #FALSE_ALARM}, divided by the classes that the block was answered
 * with (Bonferroni). Chance is the beta-binomial distribution of a block, given the answers before it and Jeffreys' prior. Eight
 * bytes a class at most; the same whatever the batches are.
 */
final class AnswerWatch {
    /** Events of a block; half as many miss every second new class among eight known ones. */
    static final int BLOCK = 50;

    /** Share of blocks without anything new in which some class is said to have risen, at most. */
    static final double FALSE_ALARM = 0.01;

    /** Fewer answers than this are never taken for more than chance. */
    static final int FEWEST = 3;

    private final int[] before;
    private final int[] block;
    private int blockEvents;
    private boolean watching;

    private AnswerWatch(int classes) {
        this.before = new int[classes];
        this.block = new int[classes];
    }

    /** Restores the stored counts; begins anew if none are stored for this number of classes. */
    static AnswerWatch of(StoredAnswers stored, int classes) {
        AnswerWatch watch = new AnswerWatch(classes);
        if (stored.getBeforeCount() == classes && stored.getBlockCount() == classes) {
            for (int c = 0; c < classes; c++) {
                watch.before[c] = stored.getBefore(c);
                watch.block[c] = stored.getBlock(c);
            }
            watch.watching = stored.getWatching();
            watch.blockEvents = Arrays.stream(watch.block).sum();
        }
        return watch;
    }

    StoredAnswers toStored() {
        return StoredAnswers.newBuilder()
                .addAllBefore(boxed(before))
                .addAllBlock(boxed(block))
                .setWatching(watching)
                .build();
    }

    /** Marks a pruning: from now on blocks are compared with all events counted so far. */
    void mark() {
        watching = true;
        endBlock();
    }

    /**
     * Counts an event.
     *
     * @param answered class that the source model answers
     * @return the classes that have risen, if the event completes a block; empty otherwise
     */
    BitSet add(int answered) {
        if (!watching) {
            before[answered]++;
            return new BitSet();
        }
        block[answered]++;
        if (++blockEvents < BLOCK) {
            return new BitSet();
        }
        BitSet risen = risen();
        endBlock();
        return risen;
    }

    private BitSet risen() {
        int events = Arrays.stream(before).sum();
        long answered = Arrays.stream(block).filter(count -> count > 0).count();
        BitSet risen = new BitSet();
        for (int c = 0; c < block.length; c++) {
            if (block[c] >= FEWEST && atLeast(block[c], before[c], events) <= FALSE_ALARM / answered) {
                risen.set(c);
            }
        }
        return risen;
    }

    /**
     * Probability that a block has at least so many answers of a class, given how many of the events before had it.
     *
     * @param count 1 to {@link #BLOCK}
     * @param had answers of the class before
     * @param events before; not fewer than {@code had}
     */
    static double atLeast(int count, int had, int events) {
        double a = had + 0.5;
        double b = events - had + 0.5;
        double exactly = 1;
        for (int i = 0; i < BLOCK; i++) {
            exactly *= (b + i) / (a + b + i);
        }
        double fewer = 0;
        for (int k = 0; k < count; k++) {
            fewer += exactly;
            exactly *= (double) (BLOCK - k) / (k + 1) * (a + k) / (b + BLOCK - k - 1);
        }
        return Math.max(0, 1 - fewer);
    }

    private void endBlock() {
        for (int c = 0; c < block.length; c++) {
            before[c] += block[c];
        }
        Arrays.fill(block, 0);
        blockEvents = 0;
    }

    private static List<Integer> boxed(int[] counts) {
        return Arrays.stream(counts).boxed().toList();
    }
}
