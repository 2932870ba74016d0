/**
 * What can be configured, from file, environment and flags, with every problem reported together. Imports Kafka's client
 * configuration definitions and Jackson; no other package of the agent.
 */
@NullMarked
package io.fineprune.agent.config;

import org.jspecify.annotations.NullMarked;
