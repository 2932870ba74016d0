package io.fineprune.agent.evaluate.method;

import io.fineprune.topology.sums.ActivationSums;

/**
 * What the source model shows of a user's events. The array is shared and never written to.
 *
 * @param sums the running sums after all events
 * @param posterior [events, classes] of the source model
 * @param events rows
 */
public record Observation(ActivationSums sums, float[] posterior, int events) {}
