package io.fineprune.agent.device;

import io.fineprune.agent.update.DeviceModel;
import io.fineprune.topology.activation.ModelInput;
import io.fineprune.topology.activation.UnusableEventException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Checks a model that was built from an update before it may run, on inputs that the model in force has answered. */
final class SelfCheck {
    /**
     * Largest difference between two posteriors that are the same but for rounding. Behind a steep head, fitted to few events,
     * rounding in the features grows to some 1e-4; a channel that is missing or misplaced makes far more.
     */
    static final float TOLERANCE = 1e-2f;

    private final Duration deadline;

    /** Posteriors of a model on the inputs of the check. */
    interface Reference {
        float[] run(ModelInput input) throws UnusableEventException;
    }

    /**
     * Creates a check with a deadline.
     *
     * @param deadline longest time that the fastest inference may take
     */
    SelfCheck(Duration deadline) {
        this.deadline = deadline;
    }

    /**
     * Returns why a model must not run: it fails, its posterior is not finite, or it is too slow; empty if it passes.
     */
    Optional<String> alone(DeviceModel model, List<ModelInput> inputs) {
        return judge(model, inputs, Optional.empty());
    }

    /**
     * Returns why a model must not replace the reference, whose posteriors it has to reproduce; empty if it passes.
     */
    Optional<String> against(Reference reference, DeviceModel model, List<ModelInput> inputs) {
        return judge(model, inputs, Optional.of(reference));
    }

    private Optional<String> judge(DeviceModel model, List<ModelInput> inputs, Optional<Reference> reference) {
        long fastestNanos = Long.MAX_VALUE;
        for (int i = 0; i < inputs.size(); i++) {
            String which = "on input %d of %d".formatted(i + 1, inputs.size());
            try {
                long started = System.nanoTime();
                float[] answered = model.run(inputs.get(i));
                fastestNanos = Math.min(fastestNanos, System.nanoTime() - started);
                Optional<String> wrong = finite(answered);
                if (wrong.isEmpty() && reference.isPresent()) {
                    wrong = same(reference.get().run(inputs.get(i)), answered);
                }
                if (wrong.isPresent()) {
                    return Optional.of(wrong.get() + " " + which);
                }
            } catch (UnusableEventException | RuntimeException e) {
                return Optional.of("expected an answer %s, but: %s".formatted(which, e.getMessage()));
            }
        }
        if (!inputs.isEmpty() && fastestNanos > deadline.toNanos()) {
            return Optional.of("expected an answer within %d ms, but the fastest took %d ms"
                    .formatted(deadline.toMillis(), TimeUnit.NANOSECONDS.toMillis(fastestNanos)));
        }
        return Optional.empty();
    }

    private static Optional<String> finite(float[] posterior) {
        for (float value : posterior) {
            if (!Float.isFinite(value)) {
                return Optional.of("expected a finite posterior, but was " + value);
            }
        }
        return Optional.empty();
    }

    private static Optional<String> same(float[] expected, float[] answered) {
        if (expected.length != answered.length) {
            return Optional.of("expected %d classes, but was %d".formatted(expected.length, answered.length));
        }
        for (int c = 0; c < expected.length; c++) {
            if (!(Math.abs(expected[c] - answered[c]) <= TOLERANCE)) {
                return Optional.of("expected the masked model's %s for class %d, but was %s"
                        .formatted(expected[c], c, answered[c]));
            }
        }
        return Optional.empty();
    }
}
