/**
 * Serdes of every message, which refuse what is malformed with an error that names the field and its bound, and codecs of
 * what messages carry as bytes. May import the generated messages and Kafka's serde interfaces; imports no topic.
 */
@NullMarked
package io.fineprune.schemas.serde;

import org.jspecify.annotations.NullMarked;
