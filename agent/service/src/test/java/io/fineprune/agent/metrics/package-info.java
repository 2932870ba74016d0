@NullMarked
package io.fineprune.agent.metrics;

import org.jspecify.annotations.NullMarked;
