@NullMarked
package io.fineprune.agent.keys;

import org.jspecify.annotations.NullMarked;
