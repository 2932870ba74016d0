package io.fineprune.agent.evaluate;

import io.fineprune.agent.evaluate.method.Cost;
import io.fineprune.agent.evaluate.method.Methods;
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
 * @param declared whether the method is told which classes those are
 * @param results that it was made of: over users, folds and draws
 * @param accuracy over users, each user's over all folds and draws
 * @param sourceAccuracy the source model's for the same users, folds and draws
 * @param change mean of accuracy less source accuracy
 * @param largestChange of one user
 * @param removed mean over users and folds
 * @param cost mean operations and largest bytes over users and folds
 * @param p of a two-sided paired t-test against the source model over users; empty where there is no difference, or one user
 * @param breadth what it does beyond the accuracy on each user's classes
 * @param perUser in alphabetical order
 */
public record MethodSummary(
        String method,
        double wantedSparsity,
        int budget,
        int classes,
        boolean declared,
        int results,
        Spread accuracy,
        Spread sourceAccuracy,
        double change,
        double largestChange,
        Shares removed,
        Cost cost,
        OptionalDouble p,
        Optional<GateSummary> gate,
        Breadth breadth,
        List<UserAccuracy> perUser) {
    /** One user's accuracy over all folds and draws. */
    public record UserAccuracy(String user, double accuracy, double sourceAccuracy) {}

    /** As tables and figures name it. */
    public String label() {
        return declared && !Methods.of(List.of(method)).get(0).needsDeclared() ? method + " (declared)" : method;
    }

    public MethodSummary {
        perUser = List.copyOf(perUser);
    }
}
