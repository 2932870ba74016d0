package io.fineprune.topology.lifecycle;

/**
 * How often a candidate can disagree with the source model at most, given how often it did on events that it was not made from. An
 * update that disagrees on a share d of a user's events loses at most d of accuracy, whatever the labels are.
 */
final class AgreementBound {
    private static final double ERROR = 0.05;
    private static final int HALVINGS = 60;

    private AgreementBound() {}

    /**
     * The one-sided upper confidence bound of a share, 19 times of 20 (Clopper and Pearson 1934): the share under which so few
     * disagreements or fewer are seen one time in twenty.
     *
     * @param disagreements from 0 to events
     * @return 1 without events
     */
    static double upper(int disagreements, int events) {
        if (disagreements >= events) {
            return 1;
        }
        double low = 0;
        double high = 1;
        for (int i = 0; i < HALVINGS; i++) {
            double middle = (low + high) / 2;
            if (atMost(disagreements, events, middle) > ERROR) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return high;
    }

    /** The binomial probability of so many or fewer, summed in logarithms. */
    private static double atMost(int count, int events, double share) {
        double logTerm = events * Math.log1p(-share);
        double sum = 0;
        for (int k = 0; k <= count; k++) {
            sum += Math.exp(logTerm);
            logTerm += Math.log((double) (events - k) / (k + 1)) + Math.log(share) - Math.log1p(-share);
        }
        return sum;
    }
}
