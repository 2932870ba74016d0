/** The command line. May import every other package of the agent. */
@NullMarked
package io.fineprune.agent.cli;

import org.jspecify.annotations.NullMarked;
