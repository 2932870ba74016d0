/**
 * The Kafka Streams application: routes events and commands to the task that owns the user, evaluates events in batches,
 * folds them, prunes and publishes. The only package that may import Kafka Streams; may import the schemas and all other
 * packages of this module.
 */
@NullMarked
package io.fineprune.topology.stream;

import org.jspecify.annotations.NullMarked;
