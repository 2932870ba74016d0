package io.fineprune.agent.evaluate;

import io.fineprune.agent.evaluate.method.Cost;
import io.fineprune.agent.evaluate.method.Shares;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * One method at one setting over all users.
 *
 * @param wantedSparsity as asked for; 0 for methods that do not prune
 * @param budget as asked for; 0 for methods that use no events
 * @param classes that each user meets; 0: all
 * @param accuracy over users, each user's over all folds
 * @param sourceAccuracy the source model's for the same users and folds
 * @param change mean of accuracy less source accuracy
 * @param largestChange of one user
 * @param removed mean over users and folds
 * @param cost mean operations and largest bytes over users and folds
 * @param p of a two-sided paired t-test against the source model over users; empty where there is no difference, or one user
 * @param perUser in alphabetical order
 */
public record MethodSummary(
        String method,
        double wantedSparsity,
        int budget,
        int classes,
        Spread accuracy,
        Spread sourceAccuracy,
        double change,
        double largestChange,
        Shares removed,
        Cost cost,
        OptionalDouble p,
        Optional<GateSummary> gate,
        List<UserAccuracy> perUser) {
    /** One user's accuracy over all folds. */
    public record UserAccuracy(String user, double accuracy, double sourceAccuracy) {}

    public MethodSummary {
        perUser = List.copyOf(perUser);
    }
}
