package io.fineprune.topology.stream;

import io.fineprune.schemas.serde.UserModelKey;
import io.fineprune.schemas.v1.StoredLifecycle;
import io.fineprune.schemas.v1.StoredSums;
import io.fineprune.topology.activation.Architecture;
import io.fineprune.topology.lifecycle.Lifecycle;
import io.fineprune.topology.sums.SumsAccumulator;
import io.fineprune.topology.sums.SumsReading;
import java.util.HexFormat;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Replaces a user's sums when the agent runs another graph under the same model id, at the user's first event under
 * it. The old sums, with their rounds, what is known of drift, and the reservoir, are kept beside the new ones, and
 * the mask in force stays, for devices that run the old graph. The first publication from the new sums drops them. If
 * the old graph is back before that, they are taken up again as if nothing had been between; if a third graph comes,
 * the sums of the second are dropped.
 *
 * <p>The reservoir begins anew too: its inputs are stored as the old graph takes them, and another graph may prepare them
 * otherwise even where their shape is the same. What is due for the old graph is refused.
 */
final class Upgrades {
    private static final Logger LOG = LoggerFactory.getLogger(Upgrades.class);

    private final UserStates states;
    private final DuePrunings due;
    private final Reservoirs reservoirs;
    private final StreamListener listener;

    /** Sums that counting continues from after a change of the graph. */
    record Begun(SumsAccumulator sums, StoredLifecycle state) {}

    Upgrades(UserStates states, DuePrunings due, Reservoirs reservoirs, StreamListener listener) {
        this.states = states;
        this.due = due;
        this.reservoirs = reservoirs;
        this.listener = listener;
    }

    /**
     * Begins the sums of a graph, or takes them up again.
     *
     * @param foreign what is stored
     */
    Begun begin(UserModelKey key, StoredLifecycle before, SumsReading.Foreign foreign, Architecture architecture) {
        StoredLifecycle state = due.finish(key, before);
        StoredSums stored = foreign.stored();
        Optional<StoredSums> kept = stored.hasPrevious() ? Optional.of(stored.getPrevious()) : Optional.empty();
        Optional<SumsReading> reading = kept.map(sums -> states.read(sums, architecture));
        if (reading.isPresent() && reading.get() instanceof SumsReading.Usable usable && state.hasPrevious()) {
            LOG.warn("The sums of user {} are taken up again: {}", key.user(), foreign.reason());
            reservoirs.takeBack(key);
            return new Begun(usable.sums(), Lifecycle.returned(state));
        }
        LOG.warn("The sums of user {} begin anew: {}", key.user(), foreign.reason());
        listener.sumsRestarted(key.model());
        SumsAccumulator sums = states.newSums(architecture);
        boolean sameGraph = HexFormat.of()
                .formatHex(stored.getModelFingerprint().toByteArray())
                .equals(architecture.fingerprint());
        if (sameGraph) { // sums in another layout of taps can never be continued
            reservoirs.forget(key);
            return new Begun(
                    sums, Lifecycle.forgotten(state).toBuilder().clearPrevious().build());
        }
        if (kept.isPresent() && state.hasPrevious()) {
            reservoirs.restart(key);
            sums.keep(kept);
        } else {
            reservoirs.setAside(key);
            sums.keep(Optional.of(stored.toBuilder().clearPrevious().build()));
            state = state.toBuilder().clearPrevious().build();
        }
        return new Begun(sums, Lifecycle.upgraded(state));
    }
}
