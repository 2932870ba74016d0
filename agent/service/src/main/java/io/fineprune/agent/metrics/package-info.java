/**
 * What Prometheus and health probes see. The only package that imports Micrometer; it also imports the topology's
 * listener port, {@code fleet} and Kafka Streams.
 */
@NullMarked
package io.fineprune.agent.metrics;

import org.jspecify.annotations.NullMarked;
