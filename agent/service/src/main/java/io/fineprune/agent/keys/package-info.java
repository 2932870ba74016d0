/** Keys in files: makes, reads and watches them. Imports the schemas' signatures and {@code config}. */
@NullMarked
package io.fineprune.agent.keys;

import org.jspecify.annotations.NullMarked;
