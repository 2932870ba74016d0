package io.fineprune.topology.sums;

import io.fineprune.schemas.serde.LittleEndian;
import io.fineprune.schemas.v1.StoredDrift;
import io.fineprune.schemas.v1.StoredSums;
import io.fineprune.topology.activation.Architecture;
import io.fineprune.topology.activation.Layer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;

/**
 * Compares blocks of a user's events with the events that the user was last pruned on.
 *
 * <p>A profile is the mean of |a| per event, tap by tap. Two profiles lie apart by the squared difference in relation to the
 * squared length, layer by layer, averaged over the layers. How far blocks of the user's own events lie from all those before
 * them tells what chance alone makes: v (1/b + 1/n) for profiles of b and n events, with v the same for all. So a block's
 * distance is given in units of that: 1 for the same voice, whatever the numbers of events. Eight bytes a tap; the same whatever
 * the batches are.
 */
final class DriftWatch {
    /** Blocks that v is measured on before anything is compared. */
    private static final int FEWEST_BLOCKS = 2;

    /**
     * Blocks that only serve to measure v are shorter than compared ones by this factor, so that there are more of
     * them.
     */
    private static final int PARTS = 5;

    /**
     * Blocks farther away than this are left out when the user's own spread is estimated, since drift, not
     * chance, moved them.
     */
    private static final double OUTLYING = 2;

    private static final double SMALLEST_NOISE = 1e-9;

    private final int[] starts;
    private final int blockSize;
    private final float[] block;
    private int blockEvents;
    private float[] reference = new float[0];
    private long referenceEvents;
    private double noise;
    private long noiseBlocks;

    private DriftWatch(Architecture architecture, int blockSize) {
        this.blockSize = blockSize;
        this.block = new float[architecture.taps()];
        this.starts = starts(architecture);
    }

    /** Restores the stored profiles; begins anew if none are stored for this block size. */
    static DriftWatch of(StoredSums stored, Architecture architecture, int blockSize) {
        DriftWatch watch = new DriftWatch(architecture, blockSize);
        int taps = architecture.taps();
        if (stored.getDriftBlock().size() == taps * Float.BYTES) {
            StoredDrift drift = stored.getDrift();
            float[] block = LittleEndian.toFloats("stored_sums.drift_block", stored.getDriftBlock(), taps);
            System.arraycopy(block, 0, watch.block, 0, taps);
            watch.blockEvents = (int) drift.getBlockEvents();
            watch.noise = drift.getNoise();
            watch.noiseBlocks = drift.getNoiseBlocks();
            if (stored.getDriftReference().size() == taps * Float.BYTES) {
                watch.reference =
                        LittleEndian.toFloats("stored_sums.drift_reference", stored.getDriftReference(), taps);
                watch.referenceEvents = drift.getReferenceEvents();
            }
        }
        return watch;
    }

    void store(StoredSums.Builder stored) {
        stored.setDriftBlock(LittleEndian.fromFloats("stored_sums.drift_block", block))
                .setDrift(StoredDrift.newBuilder()
                        .setBlockEvents(blockEvents)
                        .setReferenceEvents(referenceEvents)
                        .setNoise(noise)
                        .setNoiseBlocks(noiseBlocks));
        if (referenceEvents > 0) {
            stored.setDriftReference(LittleEndian.fromFloats("stored_sums.drift_reference", reference));
        }
    }

    boolean marked() {
        return referenceEvents > 0;
    }

    /** Marks a pruning: from now on blocks are compared with the sums over all events so far. */
    void mark(double[] total, long events) {
        reference = new float[total.length];
        for (int t = 0; t < total.length; t++) {
            reference[t] = (float) (total[t] / events);
        }
        referenceEvents = events;
        clearBlock();
    }

    /**
     * Counts an event.
     *
     * @param rows holds the event's |a| from the index given
     * @param total [taps] of all events, this one included
     * @return the distance of the block that this event completes, if there is something to compare it with
     */
    OptionalDouble add(float[] rows, int from, double[] total, long events) {
        for (int t = 0; t < block.length; t++) {
            block[t] += rows[from + t];
        }
        blockEvents++;
        if (blockEvents < (marked() ? blockSize : Math.max(1, blockSize / PARTS))) {
            return OptionalDouble.empty();
        }
        OptionalDouble distance = OptionalDouble.empty();
        if (marked()) {
            distance = compare(reference, referenceEvents);
        } else if (events - blockEvents >= blockSize / 2) {
            long before = events - blockEvents;
            float[] mean = new float[block.length];
            for (int t = 0; t < mean.length; t++) {
                mean[t] = (float) ((total[t] - block[t]) / before);
            }
            calibrate(apart(mean), before);
        }
        clearBlock();
        return distance;
    }

    private OptionalDouble compare(float[] mean, long events) {
        double apart = apart(mean);
        if (noiseBlocks < FEWEST_BLOCKS) {
            calibrate(apart, events);
            return OptionalDouble.empty();
        }
        double chance = Math.max(SMALLEST_NOISE, noise / noiseBlocks) * share(events);
        double distance = Math.sqrt(apart / chance);
        if (distance < OUTLYING) {
            calibrate(apart, events);
        }
        return OptionalDouble.of(distance);
    }

    private void calibrate(double apart, long events) {
        noise += apart / share(events);
        noiseBlocks++;
    }

    private double share(long events) {
        return 1.0 / blockEvents + 1.0 / events;
    }

    private double apart(float[] mean) {
        double sum = 0;
        int layers = 0;
        for (int l = 0; l + 1 < starts.length; l++) {
            double difference = 0;
            double length = 0;
            for (int t = starts[l]; t < starts[l + 1]; t++) {
                double d = block[t] / blockEvents - mean[t];
                difference += d * d;
                length += (double) mean[t] * mean[t];
            }
            if (length > 0) {
                sum += difference / length;
                layers++;
            }
        }
        return layers == 0 ? 0 : sum / layers;
    }

    private void clearBlock() {
        Arrays.fill(block, 0);
        blockEvents = 0;
    }

    /** Where the taps of the inputs and of each layer begin, and where the last ends. */
    private static int[] starts(Architecture architecture) {
        List<Integer> starts = new ArrayList<>(List.of(0));
        for (Layer layer : architecture.layers()) {
            if (layer.firstTap() > starts.get(starts.size() - 1)) {
                starts.add(layer.firstTap());
            }
        }
        starts.add(architecture.taps());
        return starts.stream().mapToInt(Integer::intValue).toArray();
    }
}
