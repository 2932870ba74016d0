/**
 * Serdes of every message, which refuse what is malformed with an error that names the field and its bound. May import
 * the generated messages.
 */
@NullMarked
package io.fineprune.schemas.serde;

import org.jspecify.annotations.NullMarked;
