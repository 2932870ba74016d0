@NullMarked
package io.fineprune.agent.query;

import org.jspecify.annotations.NullMarked;
