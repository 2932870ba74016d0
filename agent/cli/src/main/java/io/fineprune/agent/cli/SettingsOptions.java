package io.fineprune.agent.cli;

import io.fineprune.agent.config.Setting;
import io.fineprune.agent.config.Settings;
import io.fineprune.schemas.v1.DeclaredClasses;
import io.fineprune.schemas.v1.LayerLimit;
import io.fineprune.schemas.v1.LayerLimits;
import io.fineprune.schemas.v1.PruningSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/**
 * Options for the settings of pruning, shared by the commands that change them. An absent option leaves its setting
 * unchanged.
 */
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
            names = "--classes",
            paramLabel = "NAME[,NAME...]",
            split = ",",
            description =
                    "Classes that the user can meet, as the model names them; no others are answered. Replaces those in force.")
    private List<String> classes = new ArrayList<>();

    @Option(names = "--no-classes", description = "Withdraw the declared classes: the user can meet any again.")
    private boolean noClasses;

    @Option(
            names = "--absent",
            paramLabel = "NAME",
            description = "open or closed: whether classes that none of the user's events has may still be answered.")
    private @Nullable String absent;

    @Option(
            names = "--criterion",
            paramLabel = "NAME",
            description =
                    "Score by which the least important nodes are removed: activation (the paper's Algorithm 1), contribution, fluctuation, magnitude or random.")
    private @Nullable String criterion;

    @Option(
            names = "--granularity",
            paramLabel = "NAME",
            description = "What is removed: whole nodes (node) or single weights (weight).")
    private @Nullable String granularity;

    @Option(
            names = "--scope",
            paramLabel = "NAME",
            description = "Remove the same share of every layer (layer), or compare all layers (global).")
    private @Nullable String scope;

    @Option(names = "--budget", paramLabel = "EVENTS", description = "Events before a user is pruned.")
    private @Nullable String budgetEvents;

    @Option(
            names = "--budget-millis",
            paramLabel = "MS",
            description = "Milliseconds after a user's first event before pruning; 0: no time budget.")
    private @Nullable String budgetMillis;

    @Option(
            names = "--method",
            paramLabel = "NAME",
            description =
                    "gated: repair and publish only what is probably no worse; repaired: always publish; plain: only prune (Algorithm 1).")
    private @Nullable String method;

    @Option(
            names = "--unset",
            paramLabel = "SETTING[,SETTING...]",
            split = ",",
            description =
                    "Take back what commands put in force, by the names that configure --show gives: what holds for all users is in force"
                            + " then, or the agent's own configuration.")
    private List<String> unset = new ArrayList<>();

    @Option(
            names = "--kind",
            paramLabel = "NAME",
            description = "Update with refitted weights (refit), or with a mask and scales only (mask).")
    private @Nullable String kind;

    /**
     * Builds the settings from the options that were given.
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
        classes(message, problems);
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

    /**
     * Names of the settings to take back.
     *
     * @throws CommandFailedException if one is none
     */
    List<String> unset() {
        Set<String> fields = new TreeSet<>();
        PruningSettings.getDescriptor().getFields().forEach(field -> fields.add(field.getName()));
        for (String name : unset) {
            if (!fields.contains(name)) {
                throw new CommandFailedException(
                        ExitCode.USAGE, "Expected --unset to name some of %s, but was '%s'".formatted(fields, name));
            }
        }
        return unset.stream().distinct().toList();
    }

    private void classes(PruningSettings.Builder message, List<String> problems) {
        if (noClasses && !classes.isEmpty()) {
            problems.add("Expected --no-classes without --classes");
        }
        if (classes.size() == 1 || classes.stream().distinct().count() < classes.size()) {
            problems.add("--classes expected at least two different classes, but was '%s'"
                    .formatted(String.join(",", classes)));
        }
        if (noClasses || !classes.isEmpty()) {
            message.setDeclaredClasses(DeclaredClasses.newBuilder().addAllNames(classes));
        }
        if (absent != null) {
            if (!absent.equals("open") && !absent.equals("closed")) {
                problems.add("--absent expected open or closed, but was '%s'".formatted(absent));
            }
            message.setOpenToAbsentClasses(absent.equals("open"));
        }
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
