/**
 * What the agent shows over HTTP besides metrics and probes: the query interface, commands, and the page at {@code /} for those
 * without Grafana. May import {@code query} and {@code metrics}.
 */
@NullMarked
package io.fineprune.agent.page;

import org.jspecify.annotations.NullMarked;
