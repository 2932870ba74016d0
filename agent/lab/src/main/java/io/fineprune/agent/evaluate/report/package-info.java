/**
 * Reports of an evaluation: JSON, the paper's table and its figures as text, CSV and plots. The only importer of
 * XChart. May import {@code agent.evaluate}.
 */
@NullMarked
package io.fineprune.agent.evaluate.report;

import org.jspecify.annotations.NullMarked;
