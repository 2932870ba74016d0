package io.fineprune.schemas.serde;

import io.fineprune.schemas.v1.CommandAction;
import io.fineprune.schemas.v1.LayerLimits;
import io.fineprune.schemas.v1.PruneCommand;
import io.fineprune.schemas.v1.PruningReport;
import java.util.List;
import java.util.function.Consumer;

/** Every bound of commands and reports, broken one by one. */
class CommandAndReportBoundsTest extends BoundsContract {
    static List<Case<?>> cases() {
        Cases cases = new Cases();
        commands(cases);
        reports(cases);
        return cases.list();
    }

    private static void command(Cases cases, Consumer<PruneCommand.Builder> change, String error) {
        cases.when(Samples.command(), MessageSerdes.pruneCommand(), PruneCommand.Builder.class, change, error);
    }

    private static void commands(Cases cases) {
        command(cases, b -> b.setCommandId(""), "Expected 1 to 64 bytes in field prune_command.command_id, but was 0");
        command(
                cases,
                b -> b.setCommandId("c".repeat(65)),
                "Expected 1 to 64 bytes in field prune_command.command_id, but was 65");
        command(
                cases,
                b -> b.setUserId("u".repeat(129)),
                "Expected at most 128 bytes in field prune_command.user_id, but was 129");
        command(
                cases,
                b -> b.setModelId("m".repeat(65)),
                "Expected at most 64 bytes in field prune_command.model_id, but was 65");
        command(
                cases,
                b -> b.setActionValue(0),
                "Expected one of COMMAND_ACTION_REPRUNE, COMMAND_ACTION_CONFIGURE, COMMAND_ACTION_RESET,"
                        + " COMMAND_ACTION_PAUSE, COMMAND_ACTION_RESUME, COMMAND_ACTION_ROLLBACK, COMMAND_ACTION_PIN,"
                        + " COMMAND_ACTION_UNPIN, COMMAND_ACTION_FORGET in field prune_command.action, but was 0");
        command(
                cases,
                b -> b.setRequestedBy("r".repeat(129)),
                "Expected at most 128 bytes in field prune_command.requested_by, but was 129");
        command(
                cases,
                b -> b.setRequestedAtMillis(-1),
                "Expected at least 1 in field prune_command.requested_at_millis, but was -1");
        command(
                cases,
                b -> b.setAction(CommandAction.COMMAND_ACTION_ROLLBACK).setToVersion(-1),
                "Expected at least 0 in field prune_command.to_version, but was -1");
        command(
                cases,
                b -> b.setToVersion(2).clearUnset(),
                "Expected a version with ROLLBACK only in field prune_command.to_version, but was COMMAND_ACTION_REPRUNE");
        command(
                cases,
                b -> b.addUnset("criterion"),
                "Expected each field once in field prune_command.unset[1], but was criterion again");
        command(
                cases,
                b -> b.addUnset("height"),
                "Expected a field of PruningSettings in field prune_command.unset[1], but was height");
        command(
                cases,
                b -> b.setAction(CommandAction.COMMAND_ACTION_PAUSE),
                "Expected names with CONFIGURE and REPRUNE only in field prune_command.unset, but was COMMAND_ACTION_PAUSE");
        String settings = " in field prune_command.settings.";
        for (double sparsity : new double[] {-0.1, 0.991, Double.NaN}) {
            command(
                    cases,
                    b -> b.getSettingsBuilder().setSparsity(sparsity),
                    "Expected 0 to 0.99" + settings + "sparsity, but was " + sparsity);
        }
        for (double target : new double[] {0, 1.01, Double.NaN}) {
            command(
                    cases,
                    b -> b.getSettingsBuilder().clearSparsity().setTargetMacs(target),
                    "Expected 0.001 to 1" + settings + "target_macs, but was " + target);
        }
        command(
                cases,
                b -> b.getSettingsBuilder().setSparsity(0.5).setTargetMacs(0.3),
                "Expected only one of sparsity and target_macs in field prune_command.settings, but was both");
        String declared = settings + "declared_classes.names";
        command(
                cases,
                b -> b.getSettingsBuilder().getDeclaredClassesBuilder().addNames("yes"),
                "Expected none or at least two classes" + declared + ", but was 1");
        command(
                cases,
                b -> b.getSettingsBuilder()
                        .getDeclaredClassesBuilder()
                        .addNames("yes")
                        .addNames(""),
                "Expected 1 to 128 bytes" + declared + "[1], but was 0");
        command(
                cases,
                b -> b.getSettingsBuilder()
                        .getDeclaredClassesBuilder()
                        .addNames("yes")
                        .addNames("yes"),
                "Expected each class once" + declared + "[1], but was yes again");
        String limits = settings + "layer_limits.limits";
        command(
                cases,
                b -> b.getSettingsBuilder()
                        .getLayerLimitsBuilder()
                        .addLimitsBuilder()
                        .setShare(0.1),
                "Expected 1 to 512 bytes" + limits + "[0].layer, but was 0");
        command(
                cases,
                b -> b.getSettingsBuilder()
                        .getLayerLimitsBuilder()
                        .addLimitsBuilder()
                        .setLayer("conv1")
                        .setShare(1),
                "Expected 0 to 0.99" + limits + "[0].share, but was 1.0");
        command(
                cases,
                b -> {
                    LayerLimits.Builder twice = b.getSettingsBuilder().getLayerLimitsBuilder();
                    twice.addLimitsBuilder().setLayer("conv1");
                    twice.addLimitsBuilder().setLayer("conv1").setShare(0.2);
                },
                "Expected each layer once" + limits + "[1].layer, but was conv1 again");
        command(
                cases,
                b -> {
                    LayerLimits.Builder many = b.getSettingsBuilder().getLayerLimitsBuilder();
                    for (int i = 0; i < 257; i++) {
                        many.addLimitsBuilder().setLayer("conv" + i);
                    }
                },
                "Expected 0 to 256" + limits + ", but was 257");
        command(
                cases,
                b -> b.getSettingsBuilder().setCriterionValue(0),
                "Expected one of CRITERION_ACTIVATION, CRITERION_CONTRIBUTION, CRITERION_FLUCTUATION,"
                        + " CRITERION_MAGNITUDE, CRITERION_RANDOM" + settings + "criterion, but was 0");
        command(
                cases,
                b -> b.getSettingsBuilder().setGranularityValue(0),
                "Expected one of GRANULARITY_NODE, GRANULARITY_WEIGHT, GRANULARITY_N_OF_4, GRANULARITY_N_OF_8"
                        + settings + "granularity, but was 0");
        command(
                cases,
                b -> b.getSettingsBuilder().setScopeValue(0),
                "Expected one of SCOPE_LAYER, SCOPE_GLOBAL, SCOPE_RESIDUAL" + settings + "scope, but was 0");
        for (long events : new long[] {0, 1_000_001}) {
            command(
                    cases,
                    b -> b.getSettingsBuilder().setBudgetEvents(events),
                    "Expected 1 to 1000000" + settings + "budget_events, but was " + events);
        }
        for (long millis : new long[] {-1, 31_536_000_001L}) {
            command(
                    cases,
                    b -> b.getSettingsBuilder().setBudgetMillis(millis),
                    "Expected 0 to 31536000000" + settings + "budget_millis, but was " + millis);
        }
    }

    private static void report(Cases cases, Consumer<PruningReport.Builder> change, String error) {
        cases.when(Samples.report(), MessageSerdes.pruningReport(), PruningReport.Builder.class, change, error);
    }

    private static void reports(Cases cases) {
        String field = " in field pruning_report.";
        report(cases, b -> b.setUserId(""), "Expected 1 to 128 bytes" + field + "user_id, but was 0");
        report(cases, b -> b.setModelId(""), "Expected 1 to 64 bytes" + field + "model_id, but was 0");
        report(
                cases,
                b -> b.setTriggerValue(0),
                "Expected one of TRIGGER_BUDGET_EVENTS, TRIGGER_BUDGET_TIME, TRIGGER_COMMAND, TRIGGER_DRIFT,"
                        + " TRIGGER_DEVICE_FAILURES, TRIGGER_LATER_CLASSES" + field
                        + "trigger, but was 0");
        report(
                cases,
                b -> b.setOutcomeValue(0),
                "Expected one of PRUNING_OUTCOME_PUBLISHED, PRUNING_OUTCOME_NOT_ENOUGH_DATA,"
                        + " PRUNING_OUTCOME_COMMAND_APPLIED, PRUNING_OUTCOME_COMMAND_REFUSED,"
                        + " PRUNING_OUTCOME_HELD_BACK, PRUNING_OUTCOME_QUARANTINED,"
                        + " PRUNING_OUTCOME_FORGOTTEN, PRUNING_OUTCOME_EXPIRED" + field
                        + "outcome, but was 0");
        report(
                cases,
                b -> b.setReason("r".repeat(1025)),
                "Expected at most 1024 bytes" + field + "reason, but was 1025");
        report(cases, b -> b.setVersion(-1), "Expected at least 0" + field + "version, but was -1");
        report(
                cases,
                b -> b.getSparsityBuilder().setNodes(2),
                "Expected 0 to 1" + field + "sparsity.nodes, but was 2.0");
        report(
                cases,
                b -> b.getEvidenceBuilder().setEventsSeen(0),
                "Expected at least 1" + field + "evidence.events_seen, but was 0");
        report(
                cases,
                b -> b.setCommandId("c".repeat(65)),
                "Expected at most 64 bytes" + field + "command_id, but was 65");
        report(
                cases,
                b -> b.setRequestedBy("r".repeat(129)),
                "Expected at most 128 bytes" + field + "requested_by, but was 129");
        report(cases, b -> b.setDecidedAtMillis(0), "Expected at least 1" + field + "decided_at_millis, but was 0");
        report(cases, b -> b.setPruningMicros(-1), "Expected at least 0" + field + "pruning_micros, but was -1");
        report(
                cases,
                b -> b.setUpdateBytes(67_108_865),
                "Expected 0 to 67108864" + field + "update_bytes, but was 67108865");
        report(
                cases,
                b -> b.getExpectedGainBuilder().setValue(0.1).setLeast(0.2),
                "Expected -1 to 0.1" + field + "expected_gain.least, but was 0.2");
    }
}
