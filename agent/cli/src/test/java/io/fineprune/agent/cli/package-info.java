@NullMarked
package io.fineprune.agent.cli;

import org.jspecify.annotations.NullMarked;
