/**
 * Where a source model comes from: a directory, labelled recordings to train on, or a bare SavedModel described by what can be
 * inferred. Imports {@code model}, {@code recordings}, {@code preprocessing} and {@code tensorflow}.
 */
@NullMarked
package io.fineprune.agent.source;

import org.jspecify.annotations.NullMarked;
