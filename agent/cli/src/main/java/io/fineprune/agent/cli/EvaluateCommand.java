package io.fineprune.agent.cli;

import io.fineprune.agent.evaluate.Breadth;
import io.fineprune.agent.evaluate.Conditions;
import io.fineprune.agent.evaluate.EvaluatedModels;
import io.fineprune.agent.evaluate.EvaluationException;
import io.fineprune.agent.evaluate.EvaluationListener;
import io.fineprune.agent.evaluate.EvaluationResult;
import io.fineprune.agent.evaluate.EvaluationSettings;
import io.fineprune.agent.evaluate.Evaluator;
import io.fineprune.agent.evaluate.GateSummary;
import io.fineprune.agent.evaluate.GivenModel;
import io.fineprune.agent.evaluate.LeaveUserOut;
import io.fineprune.agent.evaluate.MethodSummary;
import io.fineprune.agent.evaluate.ResultKey;
import io.fineprune.agent.evaluate.StreamOrder;
import io.fineprune.agent.evaluate.Summary;
import io.fineprune.agent.evaluate.method.AdaptationMethod;
import io.fineprune.agent.evaluate.method.Methods;
import io.fineprune.agent.evaluate.report.Report;
import io.fineprune.agent.evaluate.report.SummaryJson;
import io.fineprune.agent.recordings.Recording;
import io.fineprune.agent.recordings.Recordings;
import io.fineprune.agent.source.SourceTraining;
import io.fineprune.agent.tensorflow.train.TrainingProgress;
import io.fineprune.agent.tensorflow.units.InnerLayers;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "evaluate",
        mixinStandardHelpOptions = true,
        description = {
            "Compares methods on recordings of many users: adapts to a user's events in stream order, tests on others.",
            "Interrupted, it goes on where it stopped when it is run again with the same --work folder."
        })
final class EvaluateCommand implements Callable<Integer> {
    @Option(names = "--model", paramLabel = "DIR", description = "The source model (not with --leave-user-out).")
    private @Nullable Path model;

    @Option(
            names = "--data",
            required = true,
            paramLabel = "PATH",
            description = "Recordings: a manifest.csv with the columns file,user,label; files"
                    + " {label}_{user}_{index}.wav; a folder per label; or idx images with labels.csv.")
    private Path data = Path.of("");

    @Option(names = "--method", split = ",", paramLabel = "NAME", description = "A comma list (default: all).")
    private List<String> methods = new ArrayList<>();

    @Option(names = "--list-methods", help = true, description = "List the methods with a sentence each, and end.")
    private boolean listMethods;

    @Option(names = "--folds", defaultValue = "5", description = "Folds of each user's events (default: 5).")
    private int folds;

    @Option(names = "--fold-limit", defaultValue = "0", description = "Run only the first N folds (default: all).")
    private int foldLimit;

    @Option(names = "--seed", defaultValue = "1", description = "Seed of folds, training and methods (default: 1).")
    private long seed;

    @Option(
            names = {"--users", "--user"},
            split = ",",
            paramLabel = "ID",
            description = "Only these users (default: all).")
    private List<String> users = new ArrayList<>();

    @Option(names = "--leave-user-out", description = "Train a source model for each user on all others.")
    private boolean leaveUserOut;

    @Option(names = "--batch-norm", description = "With --leave-user-out: a batch norm after each convolution.")
    private boolean batchNorm;

    @Option(names = "--augment", description = "With --leave-user-out: change recordings at random.")
    private boolean augment;

    @Option(names = "--epochs", defaultValue = "20", description = "With --leave-user-out: passes (default: 20).")
    private int epochs;

    @Option(
            names = "--sparsity",
            split = ",",
            defaultValue = "0.7",
            paramLabel = "SHARE",
            description = "Shares of nodes (or weights) to remove, a comma list (default: 0.7).")
    private List<Double> sparsities = new ArrayList<>();

    @Option(
            names = "--inner",
            description =
                    "Remove inner channels of residual blocks only (expansions and depthwise convolutions), nothing of the"
                            + " streams between the blocks, the first and the last layers.")
    private boolean inner;

    @Option(
            names = "--budget",
            split = ",",
            defaultValue = "400",
            paramLabel = "EVENTS",
            description = "Events of the user to adapt to, a comma list (default: 400).")
    private List<Integer> budgets = new ArrayList<>();

    @Option(
            names = "--classes",
            split = ",",
            defaultValue = "0",
            paramLabel = "COUNT",
            description = "Classes that each user meets, a comma list; 0: all (default: 0).")
    private List<Integer> classes = new ArrayList<>();

    @Option(
            names = "--draws",
            defaultValue = "1",
            paramLabel = "N",
            description = "Random subsets of the classes for each number of --classes and each user (default: 1).")
    private int draws;

    @Option(
            names = "--imbalance",
            defaultValue = "1",
            paramLabel = "RATIO",
            description =
                    "Events of a user's most frequent class for each of the rarest, the others between them; which class"
                            + " is which is drawn at random (default: 1).")
    private double imbalance;

    @Option(
            names = "--order",
            defaultValue = "shuffled",
            paramLabel = "ORDER",
            description =
                    "In which order a user's events come: shuffled; recorded, as the recordings are listed; sorted, one class"
                            + " after the other; bursts, runs of 2 to 16 events of a class (default: shuffled).")
    private StreamOrder order = StreamOrder.SHUFFLED;

    @Option(
            names = "--noise",
            paramLabel = "SNR",
            description = "Add white noise to the recordings, at this signal-to-noise ratio in dB (default: none).")
    private @Nullable Double noise;

    @Option(
            names = "--declared",
            arity = "0..1",
            defaultValue = "no",
            fallbackValue = "yes",
            paramLabel = "no|yes|both",
            description =
                    "Tell methods which classes the user meets: no, yes or both, to compare (default: no; --declared"
                            + " alone: yes).")
    private Conditions.Declared declared = Conditions.Declared.NO;

    @Option(
            names = "--others",
            defaultValue = "100",
            paramLabel = "EVENTS",
            description = "Recordings of other users on which forgetting is measured; 0: none (default: 100).")
    private int others;

    @Option(
            names = "--reservoir",
            defaultValue = "400",
            paramLabel = "EVENTS",
            description = "Inputs of a user that are kept for repairs (default: 400).")
    private int reservoir;

    @Option(
            names = "--json",
            paramLabel = "FILE",
            description = "Write the summary as JSON, with every result on a line of its own.")
    private @Nullable Path json;

    @Option(names = "--report", paramLabel = "DIR", description = "Write tables and plots.")
    private @Nullable Path report;

    @Option(
            names = "--work",
            defaultValue = "fineprune-data/evaluate",
            paramLabel = "DIR",
            description = "Keeps results and, without --cache, trained models (default: fineprune-data/evaluate).")
    private Path work = Path.of("");

    @Option(
            names = "--cache",
            paramLabel = "DIR",
            description = "Keeps the models of --leave-user-out, which other runs on the same data then need not train"
                    + " (default: models in --work).")
    private @Nullable Path cache;

    @Option(names = "--threads", defaultValue = "2", description = "1 or 2; results do not depend on it (default: 2).")
    private int threads;

    @Override
    public Integer call() throws Exception {
        if (listMethods) {
            Methods.all().forEach(method -> System.out.printf("%-26s %s%n", method.name(), method.description()));
            return ExitCode.OK;
        }
        try {
            return evaluate();
        } catch (EvaluationException | IOException e) {
            throw new CommandFailedException(ExitCode.FAILURE, String.valueOf(e.getMessage()));
        } catch (IllegalArgumentException e) {
            throw new CommandFailedException(ExitCode.USAGE, String.valueOf(e.getMessage()));
        }
    }

    private int evaluate() throws Exception {
        EvaluationSettings settings = new EvaluationSettings(
                methods.isEmpty()
                        ? Methods.all().stream().map(AdaptationMethod::name).toList()
                        : methods,
                folds,
                foldLimit == 0 ? folds : foldLimit,
                seed,
                users,
                sparsities,
                budgets,
                classes,
                reservoir,
                threads,
                new Conditions(
                        draws,
                        imbalance,
                        order,
                        noise == null ? OptionalDouble.empty() : OptionalDouble.of(noise),
                        declared,
                        others));
        List<Recording> recordings = Recordings.load(data);
        EvaluatedModels models = models(recordings);
        Summary summary;
        AtomicInteger failures = new AtomicInteger();
        try (Progress progress = Progress.standard()) {
            Evaluator evaluator = new Evaluator(settings, models, recordings, work, new Shown(progress, failures));
            List<EvaluationResult> results = evaluator.run();
            summary = Summary.of(results);
            progress.line("Results in " + evaluator.file());
        }
        print(summary);
        if (json != null) {
            SummaryJson.write(json, summary);
        }
        if (report != null) {
            Report.write(report, summary);
        }
        return failures.get() == 0 ? ExitCode.OK : ExitCode.FAILURE;
    }

    private EvaluatedModels models(List<Recording> recordings) {
        if (leaveUserOut) {
            if (model != null || inner || epochs < 1) {
                throw new IllegalArgumentException(
                        "Expected no --model and no --inner with --leave-user-out, which trains its own, and at least 1 as --epochs");
            }
            return new LeaveUserOut(
                    recordings,
                    new SourceTraining.Options("source", epochs, seed, batchNorm, augment),
                    cache == null ? work.resolve("models") : cache);
        }
        if (model == null) {
            throw new IllegalArgumentException("Expected --model, or --leave-user-out to train one for each user");
        }
        return new GivenModel(model, recordings, inner ? InnerLayers::others : network -> List.of());
    }

    private static void print(Summary summary) {
        System.out.printf(
                "%-26s %8s %7s %7s %8s %7s %7s %7s %7s %8s %8s%n",
                "method", "sparsity", "events", "classes", "accuracy", "min", "max", "change", "p", "weights", "MACs");
        for (MethodSummary method : summary.methods()) {
            System.out.printf(
                    "%s %8.3f %7.3f %7.3f %+7.3f %7s %8s %8s%n",
                    setting(method),
                    method.accuracy().mean(),
                    method.accuracy().min(),
                    method.accuracy().max(),
                    method.change(),
                    method.p().isPresent() ? "%.2g".formatted(method.p().getAsDouble()) : "-",
                    Shares.percent(method.removed().weights()),
                    Shares.percent(method.removed().macs()));
            method.gate().ifPresent(gate -> print("  gate", gate));
        }
        System.out.printf(
                "%n%-26s %8s %7s %7s %8s %8s %8s %8s %9s %8s %8s%n",
                "beyond the user's classes",
                "sparsity",
                "events",
                "classes",
                "met",
                "later",
                "all",
                "worst",
                "forgotten",
                "smaller",
                "seconds");
        for (MethodSummary method : summary.methods()) {
            Breadth breadth = method.breadth();
            System.out.printf(
                    "%s %8s %8s %8.3f %8.3f %9s %8s %8.2f%n",
                    setting(method),
                    accuracy(breadth.met()),
                    accuracy(breadth.later()),
                    breadth.all().accuracy(),
                    breadth.worst().accuracy(),
                    breadth.others().isPresent()
                            ? "%.3f".formatted(breadth.others().get().lost())
                            : "-",
                    Shares.percent(breadth.smaller()),
                    breadth.seconds());
        }
        summary.gate().ifPresent(gate -> print("gate over all", gate));
    }

    private static String setting(MethodSummary method) {
        return "%-26s %8s %7s %7s"
                .formatted(
                        method.label(),
                        method.wantedSparsity() == 0 ? "-" : "%.2f".formatted(method.wantedSparsity()),
                        method.budget() == 0 ? "-" : Integer.toString(method.budget()),
                        method.classes() == 0 ? "all" : Integer.toString(method.classes()));
    }

    private static String accuracy(Optional<Breadth.Compared> compared) {
        return compared.map(value -> "%.3f".formatted(value.accuracy())).orElse("-");
    }

    private static void print(String what, GateSummary gate) {
        System.out.printf(
                "%s: %d of %d published, right %s, %d held though better; estimate's mean error %.3f, interval covers %s, mean"
                        + " width %.3f%n",
                what,
                gate.published(),
                gate.decisions(),
                Shares.percent(gate.right()),
                gate.helpfulHeld(),
                gate.estimateError(),
                Shares.percent(gate.coverage()),
                gate.width());
    }

    /** Shows progress with the time that is left. */
    private static final class Shown implements EvaluationListener {
        private static final int REASONS_SHOWN = 5;

        private final Progress progress;
        private final AtomicInteger failures;
        private final long startNanos = System.nanoTime();

        Shown(Progress progress, AtomicInteger failures) {
            this.progress = progress;
            this.failures = failures;
        }

        @Override
        public void training(String user, TrainingProgress training) {
            progress.show(
                    "Training without %s: epoch %d of %d".formatted(user, training.epoch(), training.epochs()),
                    (training.epoch() - 1L) * training.batches() + training.batch(),
                    1L * training.epochs() * training.batches());
        }

        @Override
        public void progress(int done, int fresh, int total) {
            String left = "";
            if (fresh > 0) {
                long seconds = Duration.ofNanos(System.nanoTime() - startNanos).toSeconds() * (total - done) / fresh;
                left = ", %d:%02d:%02d left".formatted(seconds / 3600, seconds / 60 % 60, seconds % 60);
            }
            progress.show("Results: %d of %d%s".formatted(done, total, left), done, total);
        }

        @Override
        public void leftOut(String user, List<String> reasons) {
            progress.line("Left out of user %s, %d in all:".formatted(user, reasons.size()));
            reasons.stream().limit(REASONS_SHOWN).forEach(reason -> progress.line("  " + reason));
            if (reasons.size() > REASONS_SHOWN) {
                progress.line("  ... and %d more".formatted(reasons.size() - REASONS_SHOWN));
            }
        }

        @Override
        public void failed(ResultKey key, Exception reason) {
            failures.incrementAndGet();
            progress.line("%s for user %s, fold %d: %s"
                    .formatted(key.method(), key.user(), key.fold() + 1, reason.getMessage()));
        }
    }
}
