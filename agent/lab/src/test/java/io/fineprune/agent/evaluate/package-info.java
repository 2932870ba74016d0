@NullMarked
package io.fineprune.agent.evaluate;

import org.jspecify.annotations.NullMarked;
