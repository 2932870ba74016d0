/** The direction of imports over all modules. */
@NullMarked
package io.fineprune.layering;

import org.jspecify.annotations.NullMarked;
