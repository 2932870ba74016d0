package io.fineprune.agent.evaluate;

import java.util.OptionalDouble;

/**
 * One method beside another over the users, each user's accuracy over the folds, classes and draws that both were measured on.
 *
 * @param users that both were measured on
 * @param change mean of what the first has more than the second; 0 where there are no users
 * @param p of a two-sided paired t-test over the users, not corrected for the number of pairs; empty where there is no difference, or
 *     one user
 */
public record Versus(int users, double change, OptionalDouble p) {}
