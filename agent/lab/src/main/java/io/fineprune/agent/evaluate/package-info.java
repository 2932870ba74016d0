/**
 * Measures methods side by side on recordings of real users: folds over a user's events, adaptation in stream order, scoring on
 * held-out events. May import every package of the agent but {@code cli}, {@code demo} and the fleet's.
 */
@NullMarked
package io.fineprune.agent.evaluate;

import org.jspecify.annotations.NullMarked;
