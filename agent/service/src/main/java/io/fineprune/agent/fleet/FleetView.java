package io.fineprune.agent.fleet;

import io.fineprune.schemas.serde.UserModelKey;
import io.fineprune.schemas.v1.StoredLifecycle;
import io.fineprune.topology.lifecycle.Standings;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The users of the partitions that this agent holds: who they are and where they stand is what the state says, and what was heard
 * besides decorates it. Safe for use by several threads.
 */
public final class FleetView {
    private final FleetUsers users;
    private final FleetNews news;

    public FleetView(FleetUsers users, FleetNews news) {
        this.users = users;
        this.news = news;
    }

    /** One user, if it exists and is held here. */
    public Optional<UserStatus> find(UserModelKey key) {
        return users.find(key)
                .filter(Standings::exists)
                .map(state -> status(key, state, new ForAll(users, key.model())));
    }

    /**
     * Shows every user once; those that come or change meanwhile may be shown either way.
     *
     * @return whether these were all; false while partitions move
     */
    public boolean forEach(Consumer<UserStatus> visitor) {
        Map<String, ForAll> ofAll = new HashMap<>();
        return users.forEach((key, state) -> {
            if (Standings.exists(state)) {
                ForAll all = ofAll.computeIfAbsent(key.model(), model -> new ForAll(users, model));
                visitor.accept(status(key, state, all));
            }
        });
    }

    /** Returns the stored users on which the view rests. */
    public FleetUsers users() {
        return users;
    }

    /** Partitions of all users. */
    public int partitions() {
        return news.partitions();
    }

    /** The partition that holds a user. */
    public int partitionOf(String user) {
        return news.partitionOf(user);
    }

    private UserStatus status(UserModelKey key, StoredLifecycle state, ForAll all) {
        UserEntry entry = news.of(key).orElseGet(() -> new UserEntry(news.partitionOf(key.user())));
        return entry.status(key, state, state.getPaused() || all.paused(), state.getPinned() || all.pinned());
    }

    /** Pause and pin that commands put in force for all users of a model. */
    private record ForAll(boolean paused, boolean pinned) {
        ForAll(FleetUsers users, String model) {
            this(
                    users.ofAll("").getPaused() || users.ofAll(model).getPaused(),
                    users.ofAll("").getPinned() || users.ofAll(model).getPinned());
        }
    }
}
