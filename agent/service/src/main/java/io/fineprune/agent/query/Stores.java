package io.fineprune.agent.query;

import io.fineprune.schemas.serde.UserModelKey;
import io.fineprune.schemas.v1.MaskUpdate;
import io.fineprune.schemas.v1.StoredLifecycle;
import java.util.Optional;
import java.util.OptionalLong;

/** What this agent has stored of its users. */
public interface Stores {
    /** Version, pause and settings; empty if the user is not here. */
    Optional<StoredLifecycle> lifecycle(UserModelKey key);

    /** Events in the sums; empty if the user is not here. */
    OptionalLong events(UserModelKey key);

    /** The mask in force, read from its topic: takes the longer the more users there are. */
    Optional<MaskUpdate> mask(UserModelKey key);
}
