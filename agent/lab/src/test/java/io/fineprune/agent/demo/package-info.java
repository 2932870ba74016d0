@NullMarked
package io.fineprune.agent.demo;

import org.jspecify.annotations.NullMarked;
