@NullMarked
package io.fineprune.agent.runtime;

import org.jspecify.annotations.NullMarked;
