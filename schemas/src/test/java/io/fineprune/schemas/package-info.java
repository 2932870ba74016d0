/** Tests of the direction of imports in this module. */
@NullMarked
package io.fineprune.schemas;

import org.jspecify.annotations.NullMarked;
