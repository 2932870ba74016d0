package io.fineprune.agent.fleet;

import io.fineprune.schemas.serde.UserModelKey;
import io.fineprune.schemas.v1.StoredLifecycle;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BiConsumer;

/** Users in memory. */
public final class KnownUsers implements FleetUsers {
    private final Map<UserModelKey, StoredLifecycle> users = new TreeMap<>();
    private boolean moving;

    public void put(String user, StoredLifecycle state) {
        users.put(new UserModelKey(user, "kws"), state);
    }

    /** As while partitions move: some are shown, but not all. */
    public void move(boolean moves) {
        moving = moves;
    }

    @Override
    public boolean forEach(BiConsumer<UserModelKey, StoredLifecycle> visitor) {
        users.forEach(visitor);
        return !moving;
    }

    @Override
    public Optional<StoredLifecycle> find(UserModelKey key) {
        return Optional.ofNullable(users.get(key));
    }

    @Override
    public int partitions() {
        return 1;
    }

    @Override
    public StoredLifecycle ofAll(String model) {
        return StoredLifecycle.getDefaultInstance();
    }
}
