/** Device models that tests change. */
@NullMarked
package io.fineprune.agent.update;

import org.jspecify.annotations.NullMarked;
