/**
 * A real KRaft broker of one node for demos and tests: in this JVM or in a child JVM. {@link
 * io.fineprune.agent.broker.EmbeddedBroker} is the only class that touches Kafka's server internals. Imports no other
 * package of this project.
 */
@NullMarked
package io.fineprune.agent.broker;

import org.jspecify.annotations.NullMarked;
