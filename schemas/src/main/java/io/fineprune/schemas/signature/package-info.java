/** Ed25519 signatures of records, in their headers. Imports the JDK's security classes and Kafka's headers; no message, no topic. */
@NullMarked
package io.fineprune.schemas.signature;

import org.jspecify.annotations.NullMarked;
