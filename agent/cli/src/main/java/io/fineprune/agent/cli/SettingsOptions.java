package io.fineprune.agent.cli;

import io.fineprune.agent.config.Setting;
import io.fineprune.agent.config.Settings;
import io.fineprune.schemas.v1.LayerLimit;
import io.fineprune.schemas.v1.LayerLimits;
import io.fineprune.schemas.v1.PruningSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How to prune: options of the commands that put it in force. What is not given stays as it is. */
final class SettingsOptions {
    @Option(names = "--sparsity", paramLabel = "SHARE", description = "Share of nodes or weights to remove, 0 to 0.99.")
    private @Nullable String sparsity;

    @Option(
            names = "--target-macs",
            paramLabel = "SHARE",
            description = "Instead of a sparsity: share of the operations (MACs) to keep at most, such as 0.3.")
    private @Nullable String targetMacs;

    @Option(
            names = "--limit",
            paramLabel = "LAYER=SHARE",
            description = "Remove at most this share of a layer; may be repeated. Replaces all limits in force.")
    private List<String> limits = new ArrayList<>();

    @Option(
            names = "--protect",
            paramLabel = "LAYER",
            description = "Remove nothing of a layer; may be repeated. Replaces all limits in force.")
    private List<String> protectedLayers = new ArrayList<>();

    @Option(names = "--no-limits", description = "Lift all limits of layers.")
    private boolean noLimits;

    @Option(
            names = "--criterion",
            paramLabel = "NAME",
            description = "activation, contribution, fluctuation, magnitude or random.")
    private @Nullable String criterion;

    @Option(names = "--granularity", paramLabel = "NAME", description = "node or weight.")
    private @Nullable String granularity;

    @Option(names = "--scope", paramLabel = "NAME", description = "layer or global.")
    private @Nullable String scope;

    @Option(names = "--budget", paramLabel = "EVENTS", description = "Events before a user is pruned.")
    private @Nullable String budgetEvents;

    @Option(
            names = "--budget-millis",
            paramLabel = "MS",
            description = "Time before a user is pruned; 0: no such limit.")
    private @Nullable String budgetMillis;

    @Option(names = "--method", paramLabel = "NAME", description = "gated, repaired or plain (Algorithm 1).")
    private @Nullable String method;

    @Option(names = "--kind", paramLabel = "NAME", description = "refit or mask.")
    private @Nullable String kind;

    /**
     * What was given.
     *
     * @throws CommandFailedException naming every value that is not as expected
     */
    PruningSettings message() {
        PruningSettings.Builder message = PruningSettings.newBuilder();
        List<String> problems = new ArrayList<>();
        parse("--sparsity", sparsity, Settings.SPARSITY, message::setSparsity, problems);
        parse("--criterion", criterion, Settings.CRITERION, message::setCriterion, problems);
        parse("--granularity", granularity, Settings.GRANULARITY, message::setGranularity, problems);
        parse("--scope", scope, Settings.SCOPE, message::setScope, problems);
        parse("--budget", budgetEvents, Settings.BUDGET_EVENTS, message::setBudgetEvents, problems);
        parse("--budget-millis", budgetMillis, Settings.BUDGET_MILLIS, message::setBudgetMillis, problems);
        parse(
                "--target-macs",
                targetMacs,
                Settings.TARGET_MACS,
                share -> share.ifPresentOrElse(message::setTargetMacs, message::clearTargetMacs),
                problems);
        if (sparsity != null && targetMacs != null) {
            problems.add("Expected one of --sparsity and --target-macs, but both were given");
        }
        limits(message, problems);
        parse("--kind", kind, Settings.KIND, message::setKind, problems);
        parse(
                "--method",
                method,
                Settings.METHOD,
                value -> message.setRepaired(value.repairs()).setGated(value.gates()),
                problems);
        if (!problems.isEmpty()) {
            throw new CommandFailedException(ExitCode.USAGE, String.join(System.lineSeparator(), problems));
        }
        return message.build();
    }

    private void limits(PruningSettings.Builder message, List<String> problems) {
        if (noLimits && !(limits.isEmpty() && protectedLayers.isEmpty())) {
            problems.add("Expected --no-limits without --limit and --protect");
        }
        LayerLimits.Builder all = LayerLimits.newBuilder();
        protectedLayers.forEach(layer -> all.addLimitsBuilder().setLayer(layer).setShare(0));
        if (!limits.isEmpty()) {
            parse(
                    "--limit",
                    String.join(",", limits),
                    Settings.LAYER_LIMITS,
                    given -> given.forEach((layer, share) ->
                            all.addLimitsBuilder().setLayer(layer).setShare(share)),
                    problems);
        }
        long layers = all.getLimitsList().stream()
                .map(LayerLimit::getLayer)
                .distinct()
                .count();
        if (layers < all.getLimitsCount()) {
            problems.add("Expected each layer once in --limit and --protect");
        }
        if (noLimits || all.getLimitsCount() > 0) {
            message.setLayerLimits(all);
        }
    }

    private static <T> void parse(
            String flag, @Nullable String text, Setting<T> setting, Consumer<T> set, List<String> problems) {
        if (text != null) {
            try {
                set.accept(setting.parser().apply(text));
            } catch (IllegalArgumentException e) {
                problems.add("%s expected %s, but was '%s'".formatted(flag, setting.expected(), text));
            }
        }
    }
}
