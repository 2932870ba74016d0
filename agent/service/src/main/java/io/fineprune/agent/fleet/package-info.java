/**
 * What is known of every user whose partition this agent holds: gathered from reports, acknowledgements and labels, for
 * metrics and queries. Imports the schemas and Kafka's client; neither Micrometer nor TensorFlow.
 */
@NullMarked
package io.fineprune.agent.fleet;

import org.jspecify.annotations.NullMarked;
