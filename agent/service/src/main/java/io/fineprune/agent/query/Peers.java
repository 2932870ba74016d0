package io.fineprune.agent.query;

import java.util.List;
import java.util.Optional;

/** The agents of a fleet, this one included. Addresses are host:port of their HTTP servers. */
public interface Peers {
    /** Every agent's address but this one's; those that told none are left out. */
    List<String> others();

    /** The address of the agent that holds a user, if it is another. */
    Optional<String> otherHolderOf(String user);
}
