/**
 * Ways to adapt a model to a user, side by side: pruning, repairs and what others would do. May import the topology's
 * packages without Kafka, {@code agent.model} and {@code agent.tensorflow}.
 */
@NullMarked
package io.fineprune.agent.evaluate.method;

import org.jspecify.annotations.NullMarked;
