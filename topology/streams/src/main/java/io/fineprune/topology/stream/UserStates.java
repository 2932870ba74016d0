package io.fineprune.topology.stream;

import io.fineprune.schemas.serde.MessageSerdes;
import io.fineprune.schemas.serde.UserModelKey;
import io.fineprune.schemas.v1.PruningSettings;
import io.fineprune.schemas.v1.StoredLifecycle;
import io.fineprune.schemas.v1.StoredSums;
import io.fineprune.topology.activation.Architecture;
import io.fineprune.topology.lifecycle.EffectiveSettings;
import io.fineprune.topology.sums.SumsAccumulator;
import io.fineprune.topology.sums.SumsReading;
import java.util.Optional;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;

/** Typed access to the stores of one task. */
final class UserStates {
    /** The model of the state that holds for all models. */
    static final String EVERY_MODEL = "";

    private final KeyValueStore<UserModelKey, StoredSums> sums;
    private final KeyValueStore<UserModelKey, StoredLifecycle> lifecycles;
    private final KeyValueStore<String, StoredLifecycle> fleet;
    private final EffectiveSettings defaults;
    private final int driftBlock;

    /** @param driftBlock events that are compared at a time to notice drift; 0: not watched */
    UserStates(
            KeyValueStore<UserModelKey, StoredSums> sums,
            KeyValueStore<UserModelKey, StoredLifecycle> lifecycles,
            KeyValueStore<String, StoredLifecycle> fleet,
            EffectiveSettings defaults,
            int driftBlock) {
        this.sums = sums;
        this.lifecycles = lifecycles;
        this.fleet = fleet;
        this.defaults = defaults;
        this.driftBlock = driftBlock;
    }

    /** The user's state, or that of a user never seen. */
    StoredLifecycle lifecycle(UserModelKey key) {
        return Optional.ofNullable(lifecycles.get(key)).orElseGet(StoredLifecycle::getDefaultInstance);
    }

    void putLifecycle(UserModelKey key, StoredLifecycle state) {
        lifecycles.put(key, state);
    }

    /** Iterates over all states from a key on, that key included. The caller closes the iterator. */
    KeyValueIterator<UserModelKey, StoredLifecycle> lifecyclesFrom(Optional<UserModelKey> key) {
        return key.isEmpty() ? lifecycles.all() : lifecycles.range(key.get(), null);
    }

    /** Returns the state that holds for all users of a model, or of {@link #EVERY_MODEL}. */
    StoredLifecycle fleet(String model) {
        return Optional.ofNullable(fleet.get(model)).orElseGet(StoredLifecycle::getDefaultInstance);
    }

    void putFleet(String model, StoredLifecycle state) {
        fleet.put(model, state);
    }

    /** Reads the user's sums; empty if no event was counted yet. */
    Optional<SumsReading> sums(UserModelKey key, Architecture architecture) {
        return Optional.ofNullable(sums.get(key)).map(stored -> read(stored, architecture));
    }

    SumsReading read(StoredSums stored, Architecture architecture) {
        return SumsAccumulator.read(stored, architecture, driftBlock);
    }

    /** Creates sums without events. */
    SumsAccumulator newSums(Architecture architecture) {
        return SumsAccumulator.empty(architecture, driftBlock);
    }

    /** Reads the user's sums if they belong to this graph; empty if no event was counted yet under it. */
    Optional<SumsAccumulator> usableSums(UserModelKey key, Architecture architecture) {
        return sums(key, architecture)
                .flatMap(reading ->
                        reading instanceof SumsReading.Usable usable ? Optional.of(usable.sums()) : Optional.empty());
    }

    /** Stores the sums; if they are too large together with those of the graph before, the latter are dropped. */
    void putSums(UserModelKey key, SumsAccumulator accumulator) {
        StoredSums stored = accumulator.toStored();
        boolean both = stored.getSerializedSize() <= MessageSerdes.MAX_STORED_SUMS_BYTES;
        sums.put(key, both ? stored : stored.toBuilder().clearPrevious().build());
    }

    /** Drops the sums of the graph before, if there are any. */
    void dropPrevious(UserModelKey key) {
        StoredSums stored = sums.get(key);
        if (stored != null && stored.hasPrevious()) {
            sums.put(key, stored.toBuilder().clearPrevious().build());
        }
    }

    void forgetSums(UserModelKey key) {
        sums.delete(key);
    }

    /** Whether the user's own state or one that holds for all users is paused. */
    boolean paused(UserModelKey key, StoredLifecycle own) {
        return own.getPaused()
                || fleet(key.model()).getPaused()
                || fleet(EVERY_MODEL).getPaused();
    }

    /** Whether the user's own state or one that holds for all users is pinned. */
    boolean pinned(UserModelKey key, StoredLifecycle own) {
        return own.getPinned()
                || fleet(key.model()).getPinned()
                || fleet(EVERY_MODEL).getPinned();
    }

    /** Merges the settings: defaults, then all users, then all users of the model, then the user; later ones win. */
    EffectiveSettings settings(UserModelKey key, StoredLifecycle own) {
        return settings(fleet(EVERY_MODEL).getSettings(), fleet(key.model()).getSettings(), own);
    }

    /** Merges the settings with given ones for all users, such as those in force when a pruning fell due. */
    EffectiveSettings settings(PruningSettings ofAll, PruningSettings ofModel, StoredLifecycle own) {
        return defaults.with(ofAll).with(ofModel).with(own.getSettings());
    }
}
