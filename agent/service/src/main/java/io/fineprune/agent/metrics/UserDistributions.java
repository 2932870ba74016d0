package io.fineprune.agent.metrics;

import io.fineprune.agent.fleet.FleetView;
import io.fineprune.agent.fleet.Served;
import io.fineprune.agent.fleet.UserStatus;
import io.fineprune.schemas.v1.AccuracyEstimate;
import io.fineprune.schemas.v1.Sparsity;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * How the users of this agent are spread at this moment: cumulative buckets, as many however large the fleet is. Users are
 * counted again when asked, at most every five seconds.
 */
final class UserDistributions {
    private static final long FRESH_MILLIS = 5_000;
    private static final double[] SHARES = {0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 1};
    private static final double[] CHANGES = {-0.3, -0.1, -0.05, -0.02, -0.001, 0, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5};
    private static final double[] AGES = {60, 3_600, 21_600, 86_400, 259_200, 604_800, 2_592_000, 7_776_000};

    private final FleetView view;
    private final Clock clock;
    private final List<Distribution> distributions = new ArrayList<>();
    private @Nullable Counts last;

    /** One meter with all tags but the bucket, and what of a user it counts. */
    private record Distribution(
            FleetMeter meter,
            List<String> tags,
            @SuppressWarnings("ArrayRecordComponent") double[] bounds,
            Function<UserStatus, OptionalDouble> value) {}

    /** @param buckets by distribution; the last bucket holds all */
    private record Counts(
            long atMillis,
            @SuppressWarnings("ArrayRecordComponent") long[][] buckets,
            List<Map<Served, Long>> served,
            List<Map<Attention, Long>> attention,
            long waitingSinceMillis) {}

    /** What of a user an operator may want to look at. */
    private enum Attention {
        WORSE,
        MEASURED_BELOW,
        MEASURED_ABOVE,
        HELD_BACK,
        WAITING,
        PAUSED,
        PINNED;

        boolean concerns(UserStatus user) {
            return switch (this) {
                case WORSE -> user.worse();
                case MEASURED_BELOW -> user.outside() == UserStatus.Outside.BELOW;
                case MEASURED_ABOVE -> user.outside() == UserStatus.Outside.ABOVE;
                case HELD_BACK -> user.heldBack();
                case WAITING -> user.waitsSinceMillis() > 0;
                case PAUSED -> user.paused();
                case PINNED -> user.pinned();
            };
        }
    }

    private final List<String> models;
    private final Map<String, Integer> modelIndex = new HashMap<>();

    UserDistributions(FleetView view, Clock clock, Collection<String> modelIds) {
        this.view = view;
        this.clock = clock;
        this.models = List.copyOf(modelIds);
        models.forEach(this::define);
    }

    void register(AgentMetrics metrics) {
        for (int d = 0; d < distributions.size(); d++) {
            Distribution distribution = distributions.get(d);
            for (int b = 0; b <= distribution.bounds().length; b++) {
                int index = d;
                int bucket = b;
                List<String> tags = new ArrayList<>(distribution.tags());
                tags.add(
                        b == distribution.bounds().length
                                ? "+Inf"
                                : Double.toString(distribution.bounds()[b]));
                metrics.gauge(
                        distribution.meter(), () -> counts().buckets()[index][bucket], tags.toArray(String[]::new));
            }
        }
        for (String model : models) {
            int m = modelIndex.getOrDefault(model, 0);
            for (Served served : Served.values()) {
                metrics.gauge(
                        FleetMeter.SERVED_USERS,
                        () -> counts().served().get(m).getOrDefault(served, 0L),
                        model,
                        served.name().toLowerCase(Locale.ROOT));
            }
            for (Attention one : Attention.values()) {
                metrics.gauge(
                        FleetMeter.ATTENTION_USERS,
                        () -> counts().attention().get(m).getOrDefault(one, 0L),
                        model,
                        one.name().toLowerCase(Locale.ROOT));
            }
        }
        metrics.gauge(FleetMeter.REPAIR_WAIT, () -> {
            long since = counts().waitingSinceMillis();
            return since == 0 ? 0 : Math.max(0, clock.millis() - since) / 1e3;
        });
    }

    private void define(String model) {
        modelIndex.put(model, modelIndex.size());
        define(FleetMeter.SPARSITY_USERS, List.of(model, "nodes"), SHARES, sparsity(model, Sparsity::getNodes));
        define(FleetMeter.SPARSITY_USERS, List.of(model, "weights"), SHARES, sparsity(model, Sparsity::getWeights));
        define(FleetMeter.SPARSITY_USERS, List.of(model, "macs"), SHARES, sparsity(model, Sparsity::getMacs));
        estimated(model, "value", AccuracyEstimate::getValue);
        estimated(model, "lower", AccuracyEstimate::getLower);
        estimated(model, "upper", AccuracyEstimate::getUpper);
        define(FleetMeter.MEASURED_ACCURACY_USERS, List.of(model), SHARES, of(model, UserStatus::measured));
        define(FleetMeter.ACCURACY_CHANGE_USERS, List.of(model), CHANGES, of(model, UserStatus::change));
        define(FleetMeter.MASK_AGE_USERS, List.of(model), AGES, of(model, this::age));
        define(FleetMeter.BUDGET_USERS, List.of(model), SHARES, of(model, UserStatus::budget));
    }

    private void define(
            FleetMeter meter, List<String> tags, double[] bounds, Function<UserStatus, OptionalDouble> value) {
        distributions.add(new Distribution(meter, tags, bounds, value));
    }

    private void estimated(String model, String bound, ToDoubleFunction<AccuracyEstimate> part) {
        define(
                FleetMeter.ESTIMATED_ACCURACY_USERS,
                List.of(model, bound),
                SHARES,
                of(model, user -> maybe(user.estimated(), part)));
    }

    private OptionalDouble age(UserStatus user) {
        return user.publishedAtMillis() == 0
                ? OptionalDouble.empty()
                : OptionalDouble.of(Math.max(0, clock.millis() - user.publishedAtMillis()) / 1e3);
    }

    private static Function<UserStatus, OptionalDouble> sparsity(String model, ToDoubleFunction<Sparsity> part) {
        return of(model, user -> maybe(user.sparsity(), part));
    }

    private static <T> OptionalDouble maybe(Optional<T> whole, ToDoubleFunction<T> part) {
        return whole.isEmpty() ? OptionalDouble.empty() : OptionalDouble.of(part.applyAsDouble(whole.get()));
    }

    private static Function<UserStatus, OptionalDouble> of(String model, Function<UserStatus, OptionalDouble> value) {
        return user -> user.key().model().equals(model) ? value.apply(user) : OptionalDouble.empty();
    }

    private synchronized Counts counts() {
        Counts known = last;
        if (known == null || clock.millis() - known.atMillis() >= FRESH_MILLIS || clock.millis() < known.atMillis()) {
            known = count();
            last = known;
        }
        return known;
    }

    private Counts count() {
        long[][] buckets = new long[distributions.size()][];
        for (int d = 0; d < buckets.length; d++) {
            buckets[d] = new long[distributions.get(d).bounds().length + 1];
        }
        List<Map<Served, Long>> served = new ArrayList<>();
        List<Map<Attention, Long>> attention = new ArrayList<>();
        models.forEach(model -> {
            served.add(new EnumMap<>(Served.class));
            attention.add(new EnumMap<>(Attention.class));
        });
        AtomicLong oldest = new AtomicLong();
        boolean whole = view.forEach(user -> {
            Integer model = modelIndex.get(user.key().model());
            if (model != null) {
                served.get(model).merge(user.served(), 1L, Long::sum);
                for (Attention one : Attention.values()) {
                    attention.get(model).merge(one, one.concerns(user) ? 1L : 0L, Long::sum);
                }
                long since = user.waitsSinceMillis();
                if (since > 0 && (oldest.get() == 0 || since < oldest.get())) {
                    oldest.set(since);
                }
                for (int d = 0; d < buckets.length; d++) {
                    add(distributions.get(d), user, buckets[d]);
                }
            }
        });
        Counts known = last;
        return whole || known == null
                ? new Counts(clock.millis(), buckets, served, attention, oldest.get())
                : new Counts(
                        clock.millis(), known.buckets(), known.served(), known.attention(), known.waitingSinceMillis());
    }

    private static void add(Distribution distribution, UserStatus user, long[] buckets) {
        OptionalDouble value = distribution.value().apply(user);
        if (value.isPresent()) {
            for (int b = 0; b < buckets.length; b++) {
                if (b == buckets.length - 1
                        || value.getAsDouble() <= distribution.bounds()[b]) {
                    buckets[b]++;
                }
            }
        }
    }
}
