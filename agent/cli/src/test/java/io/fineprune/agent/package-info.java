/** Tests of the direction of imports in this module. */
@NullMarked
package io.fineprune.agent;

import org.jspecify.annotations.NullMarked;
