package io.fineprune.agent.cli;

import io.fineprune.agent.config.Setting;
import io.fineprune.agent.config.Settings;
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
        if (!problems.isEmpty()) {
            throw new CommandFailedException(ExitCode.USAGE, String.join(System.lineSeparator(), problems));
        }
        return message.build();
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
