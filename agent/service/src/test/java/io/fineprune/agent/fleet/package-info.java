@NullMarked
package io.fineprune.agent.fleet;

import org.jspecify.annotations.NullMarked;
