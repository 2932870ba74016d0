/** Personalisation with the real model, real TensorFlow and recordings, without a broker. */
@NullMarked
package io.fineprune.agent.personalization;

import org.jspecify.annotations.NullMarked;
