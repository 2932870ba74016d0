@NullMarked
package io.fineprune.agent.broker;

import org.jspecify.annotations.NullMarked;
