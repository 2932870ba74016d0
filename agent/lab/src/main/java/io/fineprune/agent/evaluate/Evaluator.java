package io.fineprune.agent.evaluate;

import io.fineprune.agent.evaluate.method.AdaptationMethod;
import io.fineprune.agent.evaluate.method.EvaluatedModel;
import io.fineprune.agent.evaluate.method.Methods;
import io.fineprune.agent.recordings.Recording;
import io.fineprune.agent.recordings.Recordings;
import io.fineprune.topology.activation.UnusableEventException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
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
     * Prepares the evaluation; {@link #run} starts it.
     *
     * @param work holds the results, in a file named by data, models, folds, seed, conditions and the code of the methods, so
     *     that what another version measured is measured again
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
                Integer.toString(settings.reservoir()),
                settings.conditions().identity(),
                CodeDigest.ofMethods());
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
                for (int draw = 0;
                        draw < (classes == 0 ? 1 : settings.conditions().draws());
                        draw++) {
                    for (int budget : settings.budgets()) {
                        for (AdaptationMethod method : methods) {
                            keys.addAll(keys(user, fold, classes, draw, budget, method));
                        }
                    }
                }
            }
        }
        return List.copyOf(keys);
    }

    /** One method under all the settings that matter to it. */
    private List<ResultKey> keys(String user, int fold, int classes, int draw, int budget, AdaptationMethod method) {
        List<ResultKey> keys = new ArrayList<>();
        for (boolean declared : settings.conditions().declared().choices()) {
            for (double sparsity : settings.sparsities()) {
                if (declared || !method.needsDeclared()) {
                    keys.add(new ResultKey(
                            user,
                            fold,
                            method.name(),
                            method.prunes() ? sparsity : 0,
                            method.usesEvents() ? budget : 0,
                            classes,
                            draw,
                            declared && method.usesDeclared()));
                }
            }
        }
        return keys;
    }

    private void runUser(String user, ResultLog log, int total) {
        List<ResultKey> open =
                keys(user).stream().filter(key -> !log.contains(key)).toList();
        if (open.isEmpty()) {
            return;
        }
        try (EvaluatedModel bench = models.open(user, listener)) {
            Noise noise = new Noise(settings.conditions().noiseDecibels(), settings.seed());
            ClassNames names = new ClassNames(bench.architecture().labels());
            List<Recording> own = byUser.getOrDefault(user, List.of());
            Examples.Decoded decoded = Examples.of(own, bench.model()::prepare, names, noise);
            if (!decoded.leftOut().isEmpty()) {
                listener.leftOut(user, decoded.leftOut());
            }
            if (decoded.usable().size() < FEWEST_EVENTS) {
                listener.leftOut(
                        user,
                        List.of(
                                "Expected at least %d usable recordings of user %s, one to adapt to and one to test on, but was %d"
                                        .formatted(
                                                FEWEST_EVENTS,
                                                user,
                                                decoded.usable().size())));
                return;
            }
            UserRun run = new UserRun(
                    settings,
                    bench,
                    user,
                    decoded.usable(),
                    Examples.of(others(user, own), bench.model()::prepare, names, noise)
                            .usable());
            for (ResultKey key : open) {
                if (Thread.currentThread().isInterrupted()) {
                    return;
                }
                if (run.has(key)) {
                    measure(run, key, log, total);
                }
            }
        }
    }

    /** Recordings of other users, at random; none that is the user's too. */
    private List<Recording> others(String user, List<Recording> own) {
        Set<Recording.Source> mine = new HashSet<>();
        own.forEach(recording -> mine.add(recording.source()));
        List<Recording> others = byUser.values().stream()
                .flatMap(List::stream)
                .filter(recording -> !recording.user().equals(user) && !mine.contains(recording.source()))
                .toList();
        return Arrays.stream(Folds.shuffled(others.size(), Folds.mix(settings.seed(), "others of " + user)))
                .limit(settings.conditions().others())
                .mapToObj(others::get)
                .toList();
    }

    /**
     * Measures one result. A failure only loses this result, since a method may not suit a model, or a user may lack
     * classes.
     */
    private void measure(UserRun run, ResultKey key, ResultLog log, int total) {
        EvaluationResult result;
        try {
            result = run.measure(key);
        } catch (UnusableEventException | RuntimeException e) {
            LOG.debug("{} failed", key, e);
            listener.failed(key, e);
            return;
        }
        log.append(result);
        fresh.incrementAndGet();
        listener.progress(done.incrementAndGet(), fresh.get(), total);
    }
}
