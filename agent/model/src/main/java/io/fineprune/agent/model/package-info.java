/**
 * Model directories: a SavedModel or frozen graph with a {@code model.yaml} beside it. May import the preprocessing package and
 * Jackson; not TensorFlow.
 */
@NullMarked
package io.fineprune.agent.model;

import org.jspecify.annotations.NullMarked;
