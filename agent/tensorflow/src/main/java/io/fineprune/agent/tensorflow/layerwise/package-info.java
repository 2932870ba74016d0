/**
 * Passes that go layer by layer with replaced parameters, for the repairs. May import agent.tensorflow.graph and
 * agent.tensorflow.units.
 */
@NullMarked
package io.fineprune.agent.tensorflow.layerwise;

import org.jspecify.annotations.NullMarked;
