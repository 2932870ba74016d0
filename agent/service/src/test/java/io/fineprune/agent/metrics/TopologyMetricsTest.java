package io.fineprune.agent.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.fineprune.agent.fleet.FleetNews;
import io.fineprune.schemas.v1.CommandAction;
import io.fineprune.schemas.v1.PruningOutcome;
import io.fineprune.schemas.v1.Trigger;
import io.fineprune.topology.activation.UnusableEventException.Reason;
import io.fineprune.topology.lifecycle.CommandEffect;
import io.fineprune.topology.pruning.SparsityReport;
import io.fineprune.topology.stream.StreamListener.EventOutcome;
import java.time.Clock;
import java.util.List;
import org.junit.jupiter.api.Test;

class TopologyMetricsTest {
    @Test
    void shouldShowWhatTheTopologyTells() {
        try (AgentMetrics metrics = new AgentMetrics()) {
            TopologyMetrics listener =
                    new TopologyMetrics(metrics, new FleetNews(6), Clock.systemUTC(), List.of("kws"));
            assertThat(metrics.scrape())
                    .contains("fineprune_events_total{outcome=\"counted\"} 0.0")
                    .contains("fineprune_dead_letters_records_total{reason=\"wrong_shape\"} 0.0")
                    .contains("jvm_memory_used_bytes");
            listener.event(EventOutcome.COUNTED);
            listener.event(EventOutcome.COUNTED);
            listener.eventLatency("kws", -5);
            listener.deadLetter(Reason.WRONG_SHAPE);
            listener.eventRerouted();
            listener.batch("kws", 32, 4_000_000);
            listener.pruned("kws", Trigger.TRIGGER_BUDGET_EVENTS, new SparsityReport(5, 10, 75, 100, 3, 4), 120, 1_000);
            listener.notPruned("kws", Trigger.TRIGGER_COMMAND, PruningOutcome.PRUNING_OUTCOME_NOT_ENOUGH_DATA);
            listener.command(CommandAction.COMMAND_ACTION_REPRUNE, CommandEffect.PRUNE);
            listener.sumsRestarted("kws");
            assertThat(metrics.scrape())
                    .contains("fineprune_events_total{outcome=\"counted\"} 2.0")
                    .contains("fineprune_dead_letters_records_total{reason=\"wrong_shape\"} 1.0")
                    .contains("fineprune_batch_events_sum{model=\"kws\"} 32.0")
                    .contains(
                            "fineprune_prunings_total{model=\"kws\",outcome=\"published\",trigger=\"budget_events\"} 1.0")
                    .contains("outcome=\"not_enough_data\",trigger=\"command\"} 1.0")
                    .contains("fineprune_sparsity_ratio_sum{model=\"kws\",of=\"weights\"} 0.75")
                    .contains("fineprune_commands_total{action=\"reprune\",effect=\"prune\"} 1.0")
                    .contains("fineprune_forward_pass_seconds_bucket");
        }
    }
}
