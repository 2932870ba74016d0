@NullMarked
package io.fineprune.agent.device;

import org.jspecify.annotations.NullMarked;
