package io.fineprune.agent.evaluate;

/** Group of classes whose held-out events are counted. */
public enum ClassGroup {
    /** Those of the classes that the user meets, whether the budget held them or not. */
    OWN,
    /** Those of classes that the budget held. */
    MET,
    /** Those of classes that the budget did not hold: what is left of them is retention. */
    LATER,
    /** All classes that the user has recordings of. */
    ALL;

    boolean holds(ClassTally tally) {
        return switch (this) {
            case OWN -> tally.own();
            case MET -> tally.budget() > 0;
            case LATER -> tally.budget() == 0;
            case ALL -> true;
        };
    }
}
