package io.fineprune.topology.sums;

import com.google.protobuf.ByteString;
import io.fineprune.schemas.serde.LittleEndian;
import io.fineprune.schemas.v1.StoredAnswers;
import io.fineprune.schemas.v1.StoredSums;
import io.fineprune.topology.activation.ActivationBatch;
import io.fineprune.topology.activation.Architecture;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HexFormat;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * Folds the rows of activation batches into a user's running sums. Mutable, for one thread, and meant to live as long as
 * one batch: read from the store once, given every event of the user in the batch, written once.
 *
 * <p>Each row is added to the sums by itself, in order, in double precision. So the sums depend on the order of a user's
 * events alone and not on where batches begin, bit for bit.
 */
public final class SumsAccumulator {
    /** Events of a block whose answers are compared with those before it. */
    public static final int RISEN_BLOCK = AnswerWatch.BLOCK;

    private final String fingerprint;
    private long events;
    private long firstEventMillis;
    private long lastEventMillis;
    private final double[] absolute;
    private final double[] linear;
    private final double[] squared;
    private final double[] posterior;
    private AnswerWatch answers;
    private BitSet risen = new BitSet();
    private Optional<DriftWatch> watch = Optional.empty();
    private OptionalDouble drift = OptionalDouble.empty();
    private Optional<StoredSums> previous = Optional.empty();

    private SumsAccumulator(
            String fingerprint, double[] absolute, double[] linear, double[] squared, double[] posterior) {
        this.fingerprint = fingerprint;
        this.absolute = absolute;
        this.linear = linear;
        this.squared = squared;
        this.posterior = posterior;
        this.answers = AnswerWatch.of(StoredAnswers.getDefaultInstance(), posterior.length);
    }

    /** Creates an accumulator without events that does not watch for drift. */
    public static SumsAccumulator empty(Architecture architecture) {
        return of(ActivationSums.empty(architecture));
    }

    /**
     * Creates an accumulator without events that watches for drift.
     *
     * @param blockEvents that are compared at a time; 0: drift is not watched
     */
    public static SumsAccumulator empty(Architecture architecture, int blockEvents) {
        SumsAccumulator accumulator = empty(architecture);
        accumulator.watchDrift(StoredSums.getDefaultInstance(), architecture, blockEvents);
        return accumulator;
    }

    private void watchDrift(StoredSums stored, Architecture architecture, int blockEvents) {
        if (blockEvents > 0) {
            watch = Optional.of(DriftWatch.of(stored, architecture, blockEvents));
        }
    }

    /** Whether there are events of a last pruning to compare with, or nothing is watched. */
    public boolean marked() {
        return watch.map(DriftWatch::marked).orElse(true);
    }

    /** Marks a pruning on the events so far, with which later events are compared. */
    public void mark() {
        watch.ifPresent(watching -> watching.mark(absolute, events));
        answers.mark();
    }

    /**
     * Classes that the source model answered far more often in the block of {@link #RISEN_BLOCK} events that the last event
     * completed than in all events before it; empty if it completed none, or the user was never pruned.
     */
    public BitSet risen() {
        return risen;
    }

    /**
     * How far the block of events that the last one completed lies from those of the last pruning, in units of what the user's
     * own blocks lie apart by chance; empty if it completed none or there is nothing to compare it with.
     */
    public OptionalDouble drift() {
        return drift;
    }

    /** The sums of the graph before that are kept beside these, if any. */
    public Optional<StoredSums> previous() {
        return previous;
    }

    /** Keeps the sums of the graph before beside these from now on, or none. */
    public void keep(Optional<StoredSums> sums) {
        previous = sums;
    }

    /** Creates an accumulator that continues from a copy of these sums. */
    public static SumsAccumulator of(ActivationSums sums) {
        SumsAccumulator accumulator = new SumsAccumulator(
                sums.fingerprint(),
                sums.copyOfAbsolute(),
                sums.copyOfLinear(),
                sums.copyOfSquared(),
                sums.copyOfPosterior());
        accumulator.events = sums.events();
        accumulator.firstEventMillis = sums.firstEventMillis();
        accumulator.lastEventMillis = sums.lastEventMillis();
        return accumulator;
    }

    /**
     * Goes on from stored sums, if they belong to this model.
     *
     * @throws io.fineprune.schemas.serde.MalformedMessageException if they hold numbers that are not finite
     */
    public static SumsReading read(StoredSums stored, Architecture architecture) {
        return read(stored, architecture, 0);
    }

    /**
     * Continues from stored sums, if they belong to this model, and watches for drift.
     *
     * @param blockEvents that are compared at a time; 0: drift is not watched, and what is stored of it is dropped
     */
    public static SumsReading read(StoredSums stored, Architecture architecture, int blockEvents) {
        String found = HexFormat.of().formatHex(stored.getModelFingerprint().toByteArray());
        if (!found.equals(architecture.fingerprint())) {
            return new SumsReading.Foreign(
                    "Expected sums of model %s with fingerprint %s, but was %s"
                            .formatted(architecture.modelId(), architecture.fingerprint(), found),
                    stored);
        }
        int taps = architecture.taps();
        int classes = architecture.classes();
        if (stored.getAbsolute().size() != taps * Double.BYTES
                || stored.getPosterior().size() != classes * Double.BYTES) {
            return new SumsReading.Foreign(
                    "Expected sums of %d taps and %d classes of model %s, but was %d bytes and %d bytes"
                            .formatted(
                                    taps,
                                    classes,
                                    architecture.modelId(),
                                    stored.getAbsolute().size(),
                                    stored.getPosterior().size()),
                    stored);
        }
        double[] absolute = LittleEndian.toDoubles("stored_sums.absolute", stored.getAbsolute(), taps);
        SumsAccumulator accumulator = new SumsAccumulator(
                found,
                absolute,
                linear(absolute, stored),
                LittleEndian.toDoubles("stored_sums.squared", stored.getSquared(), taps),
                LittleEndian.toDoubles("stored_sums.posterior", stored.getPosterior(), classes));
        accumulator.events = stored.getEvents();
        accumulator.firstEventMillis = stored.getFirstEventMillis();
        accumulator.lastEventMillis = stored.getLastEventMillis();
        accumulator.answers = AnswerWatch.of(stored.getAnswers(), classes);
        accumulator.watchDrift(stored, architecture, blockEvents);
        accumulator.previous = stored.hasPrevious() ? Optional.of(stored.getPrevious()) : Optional.empty();
        return new SumsReading.Usable(accumulator);
    }

    /** Restores the signed sums; those of the first taps are not stored since they equal the sums of |a|. */
    private static double[] linear(double[] absolute, StoredSums stored) {
        double[] linear = absolute.clone();
        int last = stored.getLinear().size() / Double.BYTES;
        System.arraycopy(
                LittleEndian.toDoubles("stored_sums.linear", stored.getLinear(), last),
                0,
                linear,
                linear.length - last,
                last);
        return linear;
    }

    /** Whether all numbers of a row are finite; one that is not must never reach the sums. */
    public static boolean finite(ActivationBatch batch, int event) {
        int taps = event * batch.taps();
        return finite(batch.absolute(), taps, batch.taps())
                && finite(batch.linear(), taps, batch.taps())
                && finite(batch.squared(), taps, batch.taps())
                && finite(batch.posterior(), event * batch.classes(), batch.classes());
    }

    /**
     * Adds one event's row.
     *
     * @param event the row
     * @param capturedAtMillis milliseconds since 1970-01-01T00:00Z; at least 1
     */
    public void add(ActivationBatch batch, int event, long capturedAtMillis) {
        if (batch.taps() != absolute.length || batch.classes() != posterior.length) {
            throw new IllegalArgumentException("Expected rows of %d taps and %d classes, but was %d and %d"
                    .formatted(absolute.length, posterior.length, batch.taps(), batch.classes()));
        }
        int row = event * batch.taps();
        add(absolute, batch.absolute(), row);
        add(linear, batch.linear(), row);
        add(squared, batch.squared(), row);
        add(posterior, batch.posterior(), event * batch.classes());
        firstEventMillis = events == 0 ? capturedAtMillis : Math.min(firstEventMillis, capturedAtMillis);
        lastEventMillis = events == 0 ? capturedAtMillis : Math.max(lastEventMillis, capturedAtMillis);
        events++;
        risen = answers.add(batch.predictedClass(event));
        drift = watch.isEmpty() ? OptionalDouble.empty() : watch.get().add(batch.absolute(), row, absolute, events);
    }

    public long events() {
        return events;
    }

    /** The sums by now, independent of what is added later. */
    public ActivationSums snapshot() {
        return new ActivationSums(
                fingerprint,
                events,
                firstEventMillis,
                lastEventMillis,
                absolute.clone(),
                linear.clone(),
                squared.clone(),
                posterior.clone());
    }

    /** Encodes the sums as the message that the state store holds. */
    public StoredSums toStored() {
        StoredSums.Builder stored = StoredSums.newBuilder()
                .setModelFingerprint(ByteString.copyFrom(HexFormat.of().parseHex(fingerprint)))
                .setEvents(events)
                .setFirstEventMillis(firstEventMillis)
                .setLastEventMillis(lastEventMillis)
                .setAbsolute(LittleEndian.fromDoubles("stored_sums.absolute", absolute))
                .setLinear(LittleEndian.fromDoubles(
                        "stored_sums.linear", Arrays.copyOfRange(linear, firstDifference(), linear.length)))
                .setSquared(LittleEndian.fromDoubles("stored_sums.squared", squared))
                .setPosterior(LittleEndian.fromDoubles("stored_sums.posterior", posterior));
        stored.setAnswers(answers.toStored());
        watch.ifPresent(watching -> watching.store(stored));
        previous.ifPresent(stored::setPrevious);
        return stored.build();
    }

    /**
     * Index of the first tap whose signed and absolute sums differ; every tap before it follows a ReLU, so only
     * one of the two is stored.
     */
    private int firstDifference() {
        int tap = 0;
        while (tap < linear.length
                && Double.doubleToRawLongBits(linear[tap]) == Double.doubleToRawLongBits(absolute[tap])) {
            tap++;
        }
        return tap;
    }

    private static void add(double[] sums, float[] rows, int from) {
        for (int i = 0; i < sums.length; i++) {
            sums[i] += rows[from + i];
        }
    }

    /** Sums 0 * x, which is 0 for finite x and NaN otherwise, so that the loop needs no branch. */
    private static boolean finite(float[] rows, int from, int length) {
        float sum = 0;
        for (int i = from; i < from + length; i++) {
            sum += rows[i] * 0f;
        }
        return sum == 0f;
    }
}
