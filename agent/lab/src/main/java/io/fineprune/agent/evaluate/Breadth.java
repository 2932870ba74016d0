package io.fineprune.agent.evaluate;

import java.util.List;
import java.util.Optional;

/**
 * Measurements of a method beyond the accuracy on a user's own classes; means over users, folds and draws.
 *
 * @param met accuracy on classes that the budget held; empty for methods that use no events
 * @param later accuracy on classes that the budget did not hold (retention); empty where there are none
 * @param all accuracy on all classes that the user has recordings of
 * @param worst accuracy of the worst of the user's classes
 * @param others accuracy on recordings of other users; what the source model has more of is forgotten. Empty where there are none
 * @param smaller share of users whose model became smaller
 * @param seconds that an adaptation took beyond the running sums
 */
public record Breadth(
        Optional<Compared> met,
        Optional<Compared> later,
        Compared all,
        Compared worst,
        Optional<Compared> others,
        double smaller,
        double seconds) {
    /**
     * An accuracy beside the source model's on the same events.
     *
     * @param accuracy of the method
     * @param source of the source model
     */
    public record Compared(double accuracy, double source) {
        /** Returns by how much the method's accuracy is above the source model's. */
        public double change() {
            return accuracy - source;
        }

        /** Returns by how much the source model's accuracy is above the method's. */
        public double lost() {
            return source - accuracy;
        }

        private static Optional<Compared> mean(List<Compared> values) {
            return values.isEmpty()
                    ? Optional.empty()
                    : Optional.of(new Compared(
                            values.stream()
                                    .mapToDouble(Compared::accuracy)
                                    .average()
                                    .orElse(0),
                            values.stream()
                                    .mapToDouble(Compared::source)
                                    .average()
                                    .orElse(0)));
        }
    }

    /** @param pairs at least one */
    static Breadth of(List<Pair> pairs) {
        return new Breadth(
                mean(pairs, ClassGroup.MET),
                mean(pairs, ClassGroup.LATER),
                Compared.mean(pairs.stream()
                                .map(pair -> pair.compare(ClassGroup.ALL))
                                .toList())
                        .orElseThrow(),
                Compared.mean(pairs.stream()
                                .map(pair -> new Compared(
                                        pair.result().worst(), pair.source().worst()))
                                .toList())
                        .orElseThrow(),
                Compared.mean(pairs.stream()
                        .filter(pair -> pair.result().others().tested() > 0)
                        .map(pair -> new Compared(
                                pair.result().others().accuracy(),
                                pair.source().others().accuracy()))
                        .toList()),
                pairs.stream()
                        .mapToDouble(pair -> pair.result().removed().weights() > 0 ? 1 : 0)
                        .average()
                        .orElse(0),
                pairs.stream()
                        .mapToDouble(pair -> pair.result().seconds())
                        .average()
                        .orElse(0));
    }

    private static Optional<Compared> mean(List<Pair> pairs, ClassGroup group) {
        return Compared.mean(pairs.stream()
                .filter(pair -> pair.has(group))
                .map(pair -> pair.compare(group))
                .toList());
    }
}
