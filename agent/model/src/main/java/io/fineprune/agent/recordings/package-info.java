/**
 * Labelled recordings of several users from folders, archives and tables, for training, demonstrating and measuring. May
 * import the messages and {@code io.fineprune.agent.preprocessing}.
 */
@NullMarked
package io.fineprune.agent.recordings;

import org.jspecify.annotations.NullMarked;
