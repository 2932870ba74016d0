package io.fineprune.agent.evaluate;

import io.fineprune.agent.evaluate.method.AdaptationMethod;
import io.fineprune.agent.evaluate.method.Adapted;
import io.fineprune.agent.evaluate.method.Bench;
import io.fineprune.agent.evaluate.method.Methods;
import io.fineprune.agent.evaluate.method.UserStream;
import io.fineprune.agent.recordings.Recording;
import io.fineprune.agent.recordings.Recordings;
import io.fineprune.topology.activation.ModelInput;
import io.fineprune.topology.activation.UnusableEventException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs methods for users and folds and keeps the results. Each thread takes one user at a time, with sessions of its own, so that
 * a result does not depend on the number of threads.
 */
public final class Evaluator {
    private static final Logger LOG = LoggerFactory.getLogger(Evaluator.class);
    private static final int FEWEST_EVENTS = 2;

    private final EvaluationSettings settings;
    private final EvaluatedModels models;
    private final SortedMap<String, List<Recording>> byUser;
    private final List<AdaptationMethod> methods;
    private final Path file;
    private final EvaluationListener listener;
    private final AtomicInteger done = new AtomicInteger();
    private final AtomicInteger fresh = new AtomicInteger();

    /**
     * Nothing runs yet.
     *
     * @param work holds the results, in a file named by data, models, folds and seed
     * @throws EvaluationException if a user has no recordings
     * @throws IllegalArgumentException if there is no such method
     */
    public Evaluator(
            EvaluationSettings settings,
            EvaluatedModels models,
            List<Recording> recordings,
            Path work,
            EvaluationListener listener) {
        this.settings = settings;
        this.models = models;
        this.listener = listener;
        this.byUser = Recordings.byUser(recordings);
        List<String> unknown = settings.users().stream()
                .filter(user -> !byUser.containsKey(user))
                .toList();
        if (!unknown.isEmpty()) {
            throw new EvaluationException("Expected users among %s, but was %s".formatted(byUser.keySet(), unknown));
        }
        List<String> names = new ArrayList<>();
        names.add(Methods.SOURCE);
        names.addAll(settings.methods());
        this.methods = Methods.of(names);
        String identity = String.join(
                " ",
                Examples.digest(recordings),
                models.identity(),
                Integer.toString(settings.folds()),
                Long.toString(settings.seed()),
                Integer.toString(settings.reservoir()));
        this.file = work.resolve("results-" + Examples.sha256(identity).substring(0, 16) + ".jsonl");
    }

    /** Users that are evaluated, in alphabetical order. */
    public List<String> users() {
        return byUser.keySet().stream()
                .filter(user -> settings.users().isEmpty() || settings.users().contains(user))
                .toList();
    }

    /** Where the results are kept. */
    public Path file() {
        return file;
    }

    /**
     * Runs what has no result yet.
     *
     * @return all results asked for, those of earlier runs included, in a fixed order; without those of users and methods that
     *     the listener was told of
     * @throws EvaluationException if there is no result at all
     * @throws InterruptedException if interrupted; what is finished stays
     */
    public List<EvaluationResult> run() throws InterruptedException {
        List<ResultKey> keys =
                users().stream().flatMap(user -> keys(user).stream()).toList();
        ExecutorService workers = Executors.newFixedThreadPool(settings.threads());
        try (ResultLog log = new ResultLog(file)) {
            done.set(log.of(keys).size());
            fresh.set(0);
            listener.progress(done.get(), 0, keys.size());
            List<Future<?>> running = new ArrayList<>();
            for (String user : users()) {
                running.add(workers.submit(() -> runUser(user, log, keys.size())));
            }
            try {
                for (Future<?> future : running) {
                    future.get();
                }
            } catch (ExecutionException e) {
                throw failure(e);
            } finally {
                workers.shutdownNow();
                workers.awaitTermination(Long.MAX_VALUE, TimeUnit.NANOSECONDS);
            }
            List<EvaluationResult> results = log.of(keys);
            if (results.isEmpty()) {
                throw new EvaluationException(
                        "Expected users with recordings that the model can be tested on, but there is none");
            }
            return results;
        } finally {
            workers.shutdownNow();
        }
    }

    private static RuntimeException failure(ExecutionException e) {
        return e.getCause() instanceof RuntimeException known
                ? known
                : new EvaluationException("The evaluation failed: " + e.getCause(), e);
    }

    private List<ResultKey> keys(String user) {
        Set<ResultKey> keys = new LinkedHashSet<>();
        for (int fold = 0; fold < settings.foldLimit(); fold++) {
            for (int classes : settings.classes()) {
                for (int budget : settings.budgets()) {
                    for (AdaptationMethod method : methods) {
                        for (double sparsity : settings.sparsities()) {
                            keys.add(new ResultKey(
                                    user,
                                    fold,
                                    method.name(),
                                    method.prunes() ? sparsity : 0,
                                    method.usesEvents() ? budget : 0,
                                    classes));
                        }
                    }
                }
            }
        }
        return List.copyOf(keys);
    }

    private void runUser(String user, ResultLog log, int total) {
        List<ResultKey> open =
                keys(user).stream().filter(key -> !log.contains(key)).toList();
        if (open.isEmpty()) {
            return;
        }
        try (Bench bench = models.open(user, listener)) {
            Examples.Decoded decoded = Examples.of(
                    byUser.getOrDefault(user, List.of()),
                    bench.model()::prepare,
                    new ClassNames(bench.architecture().labels()));
            List<Example> examples = decoded.usable();
            if (!decoded.leftOut().isEmpty()) {
                listener.leftOut(user, decoded.leftOut());
            }
            if (examples.size() < FEWEST_EVENTS) {
                listener.leftOut(
                        user,
                        List.of(
                                "Expected at least %d usable recordings of user %s, one to adapt to and one to test on, but was %d"
                                        .formatted(FEWEST_EVENTS, user, examples.size())));
                return;
            }
            Folds folds =
                    new Folds(examples.size(), Math.min(settings.folds(), examples.size()), settings.seed(), user);
            for (ResultKey key : open) {
                if (Thread.currentThread().isInterrupted()) {
                    return;
                }
                if (key.fold() < folds.count()) {
                    run(bench, examples, folds, key, log, total);
                }
            }
        }
    }

    /** What fails, fails alone: a method may not suit a model, or a user not have the classes. */
    private void run(Bench bench, List<Example> examples, Folds folds, ResultKey key, ResultLog log, int total) {
        EvaluationResult result;
        try {
            result = run(bench, examples, folds, key);
        } catch (UnusableEventException | RuntimeException e) {
            LOG.debug("{} failed", key, e);
            listener.failed(key, e);
            return;
        }
        log.append(result);
        fresh.incrementAndGet();
        listener.progress(done.incrementAndGet(), fresh.get(), total);
    }

    private EvaluationResult run(Bench bench, List<Example> examples, Folds folds, ResultKey key)
            throws UnusableEventException {
        int all = bench.architecture().classes();
        Set<Integer> classes = folds.classes(key.classes() == 0 ? all : key.classes(), all);
        Folds.Split split = folds.split(key.fold());
        List<Example> stream = Folds.pick(examples, split.stream(), classes);
        List<Example> heldOut = Folds.pick(examples, split.heldOut(), classes);
        if (stream.isEmpty() || heldOut.isEmpty()) {
            throw new EvaluationException(
                    "Expected user %s to have events of %d classes to adapt to and to test on, but was %d and %d"
                            .formatted(key.user(), classes.size(), stream.size(), heldOut.size()));
        }
        UserStream events = new UserStream(
                        key.user(), folds.seed(key.fold()), inputs(stream), labels(stream), settings.reservoir())
                .first(key.budget());
        AdaptationMethod method = Methods.of(List.of(key.method())).get(0);
        Adapted adapted = method.adapt(bench, events, key.sparsity());
        int[] answers = bench.classify(adapted, inputs(heldOut));
        int correct = 0;
        for (int i = 0; i < answers.length; i++) {
            correct += answers[i] == heldOut.get(i).label() ? 1 : 0;
        }
        return new EvaluationResult(
                key,
                correct,
                answers.length,
                method.usesEvents() ? events.events() : 0,
                adapted.removed(),
                adapted.cost(),
                adapted.gate());
    }

    private static List<ModelInput> inputs(List<Example> examples) {
        return examples.stream().map(Example::input).toList();
    }

    private static int[] labels(List<Example> examples) {
        return examples.stream().mapToInt(Example::label).toArray();
    }
}
