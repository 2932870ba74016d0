/** Coverage-guided fuzzing of everything that decodes bytes from outside. */
@NullMarked
package io.fineprune.agent.fuzz;

import org.jspecify.annotations.NullMarked;
