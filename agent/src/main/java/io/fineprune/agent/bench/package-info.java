/**
 * Measures what pruning buys on this machine. May import the tensorflow packages but not org.tensorflow, the model and
 * preprocessing packages, the topology's activation and pruning packages, and Jackson.
 */
@NullMarked
package io.fineprune.agent.bench;

import org.jspecify.annotations.NullMarked;
