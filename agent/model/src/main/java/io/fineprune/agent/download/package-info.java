/** Fetches public data sets. Imports only the JDK. */
@NullMarked
package io.fineprune.agent.download;

import org.jspecify.annotations.NullMarked;
