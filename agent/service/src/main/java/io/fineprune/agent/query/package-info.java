/**
 * Answers about users over HTTP: found across agents by Kafka Streams' metadata, fetched from the agent that holds them.
 * Imports {@code fleet}, the topology's names and architecture, Kafka Streams and Jackson.
 */
@NullMarked
package io.fineprune.agent.query;

import org.jspecify.annotations.NullMarked;
