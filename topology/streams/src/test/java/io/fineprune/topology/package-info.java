/** Tests of the direction of imports in this module. */
@NullMarked
package io.fineprune.topology;

import org.jspecify.annotations.NullMarked;
