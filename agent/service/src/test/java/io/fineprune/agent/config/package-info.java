@NullMarked
package io.fineprune.agent.config;

import org.jspecify.annotations.NullMarked;
