/**
 * Descriptors of every topic: name, key, value, partitions, cleanup policy, size limit. May import the serdes, the
 * generated messages and Kafka's admin classes.
 */
@NullMarked
package io.fineprune.schemas.topic;

import org.jspecify.annotations.NullMarked;
