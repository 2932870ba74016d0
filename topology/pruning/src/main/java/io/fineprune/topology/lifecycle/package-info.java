/**
 * Where a user stands: settings, commands, versions, and the messages that tell. Pure. May import the schemas and all
 * earlier packages: {@code activation}, {@code sums}, {@code budget}, {@code pruning}.
 */
@NullMarked
package io.fineprune.topology.lifecycle;

import org.jspecify.annotations.NullMarked;
