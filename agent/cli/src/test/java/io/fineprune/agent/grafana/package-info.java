/** Dashboards and alert rules: checked by rule, by promtool, and against a real Prometheus. */
@NullMarked
package io.fineprune.agent.grafana;

import org.jspecify.annotations.NullMarked;
