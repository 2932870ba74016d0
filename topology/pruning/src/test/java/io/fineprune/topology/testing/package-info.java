/** What tests share: small models with real numbers, and a plain reference implementation of pruning. */
@NullMarked
package io.fineprune.topology.testing;

import org.jspecify.annotations.NullMarked;
