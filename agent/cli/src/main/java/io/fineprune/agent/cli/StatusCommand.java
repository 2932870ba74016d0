package io.fineprune.agent.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URI;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
        name = "status",
        mixinStandardHelpOptions = true,
        description = {
            "Shows the fleet as its agents see it: who is served by what, how sparse, how accurate.",
            "On a terminal it goes on showing until Ctrl-C, else it shows once."
        })
final class StatusCommand implements Callable<Integer> {
    private static final String HOME_AND_CLEAR = "\033[H\033[J";

    @Option(
            names = "--url",
            paramLabel = "URL",
            defaultValue = "http://localhost:9404",
            description = "Any agent's address (default: ${DEFAULT-VALUE}).")
    private URI url = URI.create("http://localhost:9404");

    @Option(
            names = "--sort",
            paramLabel = "ORDER",
            defaultValue = "accuracy",
            description =
                    "user, accuracy, measured, change, sparsity, age, rounds, budget, reason or another that the agent knows (default: ${DEFAULT-VALUE}).")
    private String sort = "accuracy";

    @Option(
            names = "--limit",
            paramLabel = "N",
            defaultValue = "20",
            description = "Users at most (default: ${DEFAULT-VALUE}).")
    private int limit = 20;

    @Option(names = "--once", description = "Show once, on a terminal too.")
    private boolean once;

    @Option(
            names = "--every",
            paramLabel = "SECONDS",
            defaultValue = "2",
            description = "How often to look (default: ${DEFAULT-VALUE}).")
    private int everySeconds = 2;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        boolean live = !once && Terminal.present();
        do {
            String picture = picture();
            spec.commandLine().getOut().print(live ? HOME_AND_CLEAR + picture : picture);
            spec.commandLine().getOut().flush();
            if (live) {
                TimeUnit.SECONDS.sleep(Math.max(1, everySeconds));
            }
        } while (live);
        return ExitCode.OK;
    }

    private String picture() throws Exception {
        JsonNode answer = new AgentClient(url).get("/api/v1/users?sort=%s&limit=%d".formatted(sort, limit));
        StringBuilder text = new StringBuilder();
        text.append("%s  %s%s%n"
                .formatted(
                        url,
                        Instant.now().truncatedTo(ChronoUnit.SECONDS),
                        answer.path("unansweredAgents").asInt() > 0
                                ? "  (%d agents did not answer)"
                                        .formatted(
                                                answer.path("unansweredAgents").asInt())
                                : ""));
        JsonNode fleet = new AgentClient(url).get("/api/v1/fleet");
        text.append("%d users; %d held back, %d wait for a repair, %d measured below their estimate, %d paused%n"
                .formatted(
                        fleet.path("users").asLong(),
                        fleet.path("heldBack").asLong(),
                        fleet.path("waiting").asLong(),
                        fleet.path("measuredBelow").asLong(),
                        fleet.path("paused").asLong()));
        text.append("%-24s %-16s %7s %-12s %7s %8s %-22s %8s %8s %6s  %s%n"
                .formatted(
                        "user",
                        "model",
                        "version",
                        "served by",
                        "budget",
                        "weights",
                        "estimated accuracy",
                        "change",
                        "measured",
                        "rounds",
                        "last"));
        for (JsonNode user : answer.path("users")) {
            text.append("%-24s %-16s %7d %-12s %7s %8s %-22s %8s %8s %6d  %s%n"
                    .formatted(
                            printable(user.path("user")),
                            printable(user.path("model")),
                            user.path("version").asLong(),
                            printable(user.path("served")).replace('_', ' '),
                            share(user.path("budget")),
                            share(user.at("/sparsity/weights")),
                            interval(user.path("estimatedAccuracy")),
                            change(user.path("accuracyChange")),
                            share(user.path("measuredAccuracy")),
                            user.path("rounds").asLong(),
                            printable(user.path("lastOutcome")).replace('_', ' ')
                                    + (user.path("paused").asBoolean() ? ", paused" : "")
                                    + (user.path("pinned").asBoolean() ? ", pinned" : "")));
        }
        if (answer.path("users").isEmpty()) {
            text.append("No user has been heard of yet.\n");
        }
        return text.toString();
    }

    /** Names come from devices: no control characters on the terminal. */
    private static String printable(JsonNode text) {
        return text.asText().replaceAll("\\p{Cntrl}", "?");
    }

    private static String share(JsonNode share) {
        return share.isNumber() ? Shares.percent(share.asDouble()) : "-";
    }

    private static String change(JsonNode change) {
        return change.isNumber() ? String.format(Locale.ROOT, "%+.1f %%", 100 * change.asDouble()) : "-";
    }

    private static String interval(JsonNode estimate) {
        return estimate.isObject()
                ? String.format(
                        Locale.ROOT,
                        "%.1f %% (%.1f - %.1f)",
                        100 * estimate.path("value").asDouble(),
                        100 * estimate.path("lower").asDouble(),
                        100 * estimate.path("upper").asDouble())
                : "-";
    }
}
