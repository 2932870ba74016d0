/**
 * The state of a user and model: settings, commands, versions, and the updates and reports made from them. Pure. May
 * import the schemas and all earlier packages: {@code activation}, {@code sums}, {@code budget}, {@code pruning}.
 */
@NullMarked
package io.fineprune.topology.lifecycle;

import org.jspecify.annotations.NullMarked;
