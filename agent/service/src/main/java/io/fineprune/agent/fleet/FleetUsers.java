package io.fineprune.agent.fleet;

import io.fineprune.schemas.serde.UserModelKey;
import io.fineprune.schemas.v1.StoredLifecycle;
import java.util.Optional;
import java.util.function.BiConsumer;

/** The users whose state this agent holds: what is true of them. Safe for use by several threads. */
public interface FleetUsers {
    /** An agent that holds no users and whose answer is complete. */
    FleetUsers NOBODY = new FleetUsers() {
        @Override
        public boolean forEach(BiConsumer<UserModelKey, StoredLifecycle> visitor) {
            return true;
        }

        @Override
        public Optional<StoredLifecycle> find(UserModelKey key) {
            return Optional.empty();
        }

        @Override
        public int partitions() {
            return 0;
        }

        @Override
        public StoredLifecycle ofAll(String model) {
            return StoredLifecycle.getDefaultInstance();
        }
    };

    /**
     * Shows the state of every user once, models of a user one after the other.
     *
     * @return whether these were all; false while partitions move
     */
    boolean forEach(BiConsumer<UserModelKey, StoredLifecycle> visitor);

    /** The state of one user; empty if the user is not here. */
    Optional<StoredLifecycle> find(UserModelKey key);

    /** Returns how many partitions these users are in. */
    int partitions();

    /**
     * What holds for all users.
     *
     * @param model of this model; empty: of every model
     */
    StoredLifecycle ofAll(String model);
}
