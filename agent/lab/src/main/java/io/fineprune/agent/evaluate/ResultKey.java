package io.fineprune.agent.evaluate;

/**
 * The user, method and settings that identify a result.
 *
 * @param fold from 0
 * @param sparsity as asked for; 0 for methods that do not prune
 * @param budget as asked for; 0 for methods that use no events
 * @param classes that the user meets; 0: all
 * @param draw which random subset of so many classes, from 0
 * @param declared whether the method is told which classes those are
 */
public record ResultKey(
        String user, int fold, String method, double sparsity, int budget, int classes, int draw, boolean declared) {}
