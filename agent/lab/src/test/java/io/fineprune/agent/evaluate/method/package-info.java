@NullMarked
package io.fineprune.agent.evaluate.method;

import org.jspecify.annotations.NullMarked;
