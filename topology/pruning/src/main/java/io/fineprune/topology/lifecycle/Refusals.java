package io.fineprune.topology.lifecycle;

import io.fineprune.schemas.v1.AccuracyEstimate;
import io.fineprune.schemas.v1.ReasonCode;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Locale;

/** Why updates are held back, in sentences for operators. */
final class Refusals {
    private Refusals() {}

    /**
     * The update is not surely enough no worse than the source model.
     *
     * @param gain expected of it on the source model
     * @param least gain that it has 19 times of 20
     * @param probability that it is no worse, less than the confidence
     */
    static Why unsure(double gain, double least, double probability, double confidence) {
        String sentence;
        if (gain <= 0) {
            sentence = say(
                    "Held back: no update is expected to be better than the source model; the best %s.", change(gain));
        } else if (least < 0) {
            sentence = say(
                    "Held back: expected gain %.1f points, but with so few events it could be a loss of %.1f.",
                    100 * gain, -100 * least);
        } else {
            sentence = say(
                    "Held back: expected gain %.1f points, but only %s %% sure to be no loss, and %s %% are asked.",
                    100 * gain, percent(probability), percent(confidence));
        }
        return new Why(ReasonCode.REASON_CODE_GAIN_UNSURE, sentence);
    }

    /** The update is estimated worse than the one in force. */
    static Why worse(AccuracyEstimate best, AccuracyEstimate current) {
        return new Why(
                ReasonCode.REASON_CODE_WORSE_THAN_IN_FORCE,
                say(
                        "Held back: the update in force is better, an estimated %.1f %% accurate; the new one is at %.1f %%.",
                        100 * current.getValue(), 100 * best.getValue()));
    }

    private static String change(double gain) {
        return gain < 0 ? say("would lose %.1f points", -100 * gain) : "gains nothing";
    }

    /** With as many digits as it has, two at most behind the point. */
    private static String percent(double share) {
        return BigDecimal.valueOf(100 * share)
                .setScale(2, RoundingMode.HALF_UP)
                .stripTrailingZeros()
                .toPlainString();
    }

    private static String say(String sentence, Object... values) {
        return String.format(Locale.ROOT, sentence, values);
    }
}
