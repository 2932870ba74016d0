package io.fineprune.agent.bench;

import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/**
 * The cost of an event in time, compared with other ways to process it. Ratios are medians of the rounds' ratios.
 *
 * @param payload what devices sent
 * @param events of a round
 * @param users that sent in turn
 * @param cpuRatioToForwardPass the processor's time per event in the agent's process, to that of the bare forward pass
 * @param speedupOverOneAtATime events per second, to those of the pattern as examples show it: a graph and a session for each
 *     event
 * @param speedupOverOneAtATimeWithOneSession events per second, to those of the same pattern with one session kept open
 * @param eventsPerSecondAndCore of the agent, by the processor's time
 */
public record ThroughputResult(
        String payload,
        int events,
        int users,
        double cpuRatioToForwardPass,
        double speedupOverOneAtATime,
        double speedupOverOneAtATimeWithOneSession,
        double eventsPerSecondAndCore,
        PerEvent agent,
        PerEvent forwardPass,
        PerEvent oneAtATimeWithOneSession,
        PerEvent oneAtATime,
        List<Round> rounds) {
    private static final double MICROS = 1e6;

    public ThroughputResult {
        rounds = List.copyOf(rounds);
    }

    /** Seconds of the processor per event, and events per second of the clock. */
    public record PerEvent(double cpuSeconds, double eventsPerSecond) {}

    /** The measurements of one round, in which all variants took turns. */
    public record Round(PerEvent agent, PerEvent forwardPass, PerEvent oneAtATimeWithOneSession, PerEvent oneAtATime) {}

    static ThroughputResult of(ThroughputBench.Options options, List<Round> rounds) {
        return new ThroughputResult(
                options.payload().name().toLowerCase(Locale.ROOT),
                options.events(),
                options.users(),
                median(
                        rounds,
                        round ->
                                round.agent().cpuSeconds() / round.forwardPass().cpuSeconds()),
                median(
                        rounds,
                        round -> round.agent().eventsPerSecond()
                                / round.oneAtATime().eventsPerSecond()),
                median(
                        rounds,
                        round -> round.agent().eventsPerSecond()
                                / round.oneAtATimeWithOneSession().eventsPerSecond()),
                median(rounds, round -> 1 / round.agent().cpuSeconds()),
                medians(rounds.stream().map(Round::agent).toList()),
                medians(rounds.stream().map(Round::forwardPass).toList()),
                medians(rounds.stream().map(Round::oneAtATimeWithOneSession).toList()),
                medians(rounds.stream().map(Round::oneAtATime).toList()),
                rounds);
    }

    /** A table in Markdown, ratios first. */
    public String markdown() {
        return Report.line("| %s events, VGG-7, batch 32, %d users | |", payload, users)
                + Report.line("|---|---|")
                + Report.line(
                        "| processor's time per event, to the bare forward pass | **%.2fx** |", cpuRatioToForwardPass)
                + Report.line(
                        "| events per second, to one at a time as examples show it | **%.1fx** |",
                        speedupOverOneAtATime)
                + Report.line(
                        "| the same, to one at a time with one session | **%.2fx** |",
                        speedupOverOneAtATimeWithOneSession)
                + line("agent", agent)
                + line("bare forward pass", forwardPass)
                + line("one at a time with one session", oneAtATimeWithOneSession)
                + line("one at a time as examples show it", oneAtATime);
    }

    private static String line(String what, PerEvent cost) {
        return Report.line(
                "| %s | %.0f us of the processor, %.0f events/s |",
                what, MICROS * cost.cpuSeconds(), cost.eventsPerSecond());
    }

    private static PerEvent medians(List<PerEvent> costs) {
        return new PerEvent(median(costs, PerEvent::cpuSeconds), median(costs, PerEvent::eventsPerSecond));
    }

    private static <T> double median(List<T> values, ToDoubleFunction<T> value) {
        return Report.median(values.stream().mapToDouble(value).toArray());
    }
}
