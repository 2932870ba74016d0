@NullMarked
package io.fineprune.agent.evaluate.report;

import org.jspecify.annotations.NullMarked;
