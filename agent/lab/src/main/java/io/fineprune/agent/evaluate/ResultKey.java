package io.fineprune.agent.evaluate;

/**
 * What one result is of.
 *
 * @param fold from 0
 * @param sparsity as asked for; 0 for methods that do not prune
 * @param budget as asked for; 0 for methods that use no events
 * @param classes that the user meets; 0: all
 */
public record ResultKey(String user, int fold, String method, double sparsity, int budget, int classes) {}
