package io.fineprune.topology.lifecycle;

import io.fineprune.schemas.v1.StoredLifecycle;

/** The state after a command, and what remains to be done. */
public record Transition(StoredLifecycle next, CommandEffect effect) {}
