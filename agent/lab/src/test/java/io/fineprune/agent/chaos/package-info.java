/** The topology against a real broker while it is killed at random moments. */
@NullMarked
package io.fineprune.agent.chaos;

import org.jspecify.annotations.NullMarked;
