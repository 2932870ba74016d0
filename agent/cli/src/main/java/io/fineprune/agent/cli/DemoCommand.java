package io.fineprune.agent.cli;

import io.fineprune.agent.demo.Demo;
import io.fineprune.agent.demo.DemoException;
import io.fineprune.agent.demo.DemoListener;
import io.fineprune.agent.demo.DemoOptions;
import io.fineprune.agent.demo.DemoTable;
import io.fineprune.schemas.v1.Criterion;
import io.fineprune.schemas.v1.PruningSettings;
import io.fineprune.schemas.v1.UpdateKind;
import io.fineprune.topology.lifecycle.PersonalizationPlan;
import io.fineprune.topology.pruning.PruningPlan;
import io.fineprune.topology.repair.RepairSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "demo",
        mixinStandardHelpOptions = true,
        description = {
            "Runs everything on this machine: a Kafka broker, the agent, and a device for each of some users, on real or "
                    + "synthetic recordings. Ends with a table of what pruning did for each user.",
            "Without options it works offline on spoken digits of synthetic voices that the source model never heard.",
            "With --data it trains a source model on everybody but the users, unless --model is given."
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:every device applied and acknowledged its mask, but those whom the gate held back",
            "1:one did not, or a part failed"
        })
final class DemoCommand implements Callable<Integer> {
    private static final int DEFAULT_BUDGET = 200;
    private static final double DEFAULT_SPARSITY = 0.7;

    @Option(
            names = "--data",
            paramLabel = "PATH",
            description = "Recordings of several users, as for 'fineprune train'.")
    private @Nullable Path data;

    @Option(
            names = "--model",
            paramLabel = "DIR",
            description = "Source model; model.yaml may be missing for plain images.")
    private @Nullable Path model;

    @Option(
            names = "--user",
            paramLabel = "NAME",
            description = "A user, left out of training; may be repeated (default: those with the most recordings).")
    private List<String> users = new ArrayList<>();

    @Option(names = "--rate", defaultValue = "30", description = "Events per second of each device (default: 30).")
    private double rate;

    @Option(names = "--epochs", defaultValue = "8", description = "Of training, if a model is trained (default: 8).")
    private int epochs;

    @Option(names = "--seed", defaultValue = "1", description = "Of training and of the order of events (default: 1).")
    private long seed;

    @Mixin
    private SettingsOptions pruning = new SettingsOptions();

    @Override
    public Integer call() throws Exception {
        long start = System.nanoTime();
        DemoOptions options = options();
        Path scratch = Files.createTempDirectory("fineprune-demo-");
        Thread cleaning = new Thread(() -> Folders.delete(scratch), "demo-clean-up");
        Runtime.getRuntime().addShutdownHook(cleaning);
        Demo.Result result;
        try (Progress progress = Progress.standard()) {
            DemoListener listener = new DemoListener() {
                @Override
                public void step(String text) {
                    progress.line(String.format(Locale.ROOT, "%5.1f s  %s", seconds(start), text));
                }

                @Override
                public void progress(String text) {
                    progress.show(String.format(Locale.ROOT, "%5.1f s  %s", seconds(start), text));
                }
            };
            result = new Demo(options, scratch, listener, Clock.systemUTC()).run();
        } catch (DemoException e) {
            throw new CommandFailedException(ExitCode.FAILURE, "The demo failed: " + e.getMessage());
        }
        System.out.println();
        System.out.print(DemoTable.of(result.users(), result.budget()));
        System.out.printf(
                "%n%s%s in %.1f s%n",
                result.heldBack().isEmpty()
                        ? ""
                        : "The gate left %s with the source model. "
                                .formatted(String.join(", ", new TreeSet<>(result.heldBack()))),
                result.complete()
                        ? "Every device applied and acknowledged its mask"
                        : "Not every device acknowledged a mask",
                seconds(start));
        return result.complete() ? ExitCode.OK : ExitCode.FAILURE;
    }

    private DemoOptions options() {
        PruningSettings given = pruning.message();
        PruningPlan plan = new PruningPlan(
                given.hasCriterion() ? given.getCriterion() : Criterion.CRITERION_FLUCTUATION,
                given.hasGranularity() ? given.getGranularity() : PruningPlan.DEFAULT.granularity(),
                given.hasScope() ? given.getScope() : PruningPlan.DEFAULT.scope(),
                given.hasSparsity() ? given.getSparsity() : DEFAULT_SPARSITY,
                seed);
        try {
            return new DemoOptions(
                    Optional.ofNullable(model),
                    Optional.ofNullable(data),
                    users,
                    given.hasBudgetEvents() ? (int) given.getBudgetEvents() : DEFAULT_BUDGET,
                    new PersonalizationPlan(
                            plan,
                            given.hasKind() ? given.getKind() : UpdateKind.UPDATE_KIND_REFIT,
                            !given.hasRepaired() || given.getRepaired(),
                            !given.hasGated() || given.getGated(),
                            RepairSettings.DEFAULT),
                    rate,
                    epochs,
                    seed);
        } catch (IllegalArgumentException e) {
            throw new CommandFailedException(ExitCode.USAGE, String.valueOf(e.getMessage()));
        }
    }

    private static double seconds(long startNanos) {
        return Duration.ofNanos(System.nanoTime() - startNanos).toMillis() / 1e3;
    }
}
