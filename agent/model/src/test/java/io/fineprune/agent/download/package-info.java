@NullMarked
package io.fineprune.agent.download;

import org.jspecify.annotations.NullMarked;
