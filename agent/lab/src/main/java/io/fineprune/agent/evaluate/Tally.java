package io.fineprune.agent.evaluate;

/**
 * Counted answers.
 *
 * @param correct right ones
 * @param tested all
 */
public record Tally(int correct, int tested) {
    /** Share of right answers; 0 where nothing was tested. */
    public double accuracy() {
        return tested == 0 ? 0 : (double) correct / tested;
    }

    Tally plus(Tally more) {
        return new Tally(correct + more.correct, tested + more.tested);
    }
}
