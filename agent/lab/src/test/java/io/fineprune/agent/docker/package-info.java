/** Tests against real containers, where a Docker engine is to be had. */
@NullMarked
package io.fineprune.agent.docker;

import org.jspecify.annotations.NullMarked;
