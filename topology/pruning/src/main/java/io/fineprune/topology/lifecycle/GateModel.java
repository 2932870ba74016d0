package io.fineprune.topology.lifecycle;

/**
 * The probability that a candidate is no worse than the source model: a logistic regression on what can be seen without labels. Its
 * coefficients were fitted to simulated users of spoken digits, of few and of all classes, alike and unequal, on source models that
 * had not heard the speaker.
 */
final class GateModel {
    private static final double LEAST_LOSS = 0.01;

    private GateModel() {}

    /**
     * Inputs of the logistic regression, all observable without labels.
     *
     * @param loss share of the draws of the clusters' names in which the candidate loses
     * @param silhouette of the clusters
     * @param clusters number of clusters
     * @param imbalance logarithm of the largest cluster's events over the median's
     * @param impurity share of the events on which the source model differs from its most frequent answer in their cluster
     * @param swapped share of the events in clusters whose name is not the source model's most frequent answer
     * @param followed share of the events on which the candidate answers with the name
     * @param agreed share of the events on which the source model answers with the name
     * @param events number of events
     */
    record Signs(
            double loss,
            double silhouette,
            int clusters,
            double imbalance,
            double impurity,
            double swapped,
            double followed,
            double agreed,
            int events) {}

    static double probability(Signs signs) {
        double sum = -3.03
                - 0.65 * Math.log(signs.loss() + LEAST_LOSS)
                + 3.37 * signs.silhouette()
                + 0.384 * Math.min(10, signs.clusters())
                - 1.79 * signs.imbalance()
                + 3.38 * signs.impurity();
        return Math.min(1 - signs.loss(), 1 / (1 + Math.exp(-sum)));
    }
}
