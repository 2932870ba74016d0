@NullMarked
package io.fineprune.agent.bench;

import org.jspecify.annotations.NullMarked;
