/**
 * Descriptions of a model for people: a table, JSON, and pictures of the network with its groups. May import the
 * tensorflow packages but not org.tensorflow, {@code io.fineprune.topology.activation} and Jackson.
 */
@NullMarked
package io.fineprune.agent.inspect;

import org.jspecify.annotations.NullMarked;
