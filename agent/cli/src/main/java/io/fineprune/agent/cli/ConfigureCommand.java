package io.fineprune.agent.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.fineprune.schemas.v1.CommandAction;
import io.fineprune.schemas.v1.PruneCommand;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "configure",
        description = {
            "Changes settings for a user or all users, without pruning now, or takes them back.",
            "With --show: what is in force, and which command put it there."
        })
final class ConfigureCommand extends OperatorCommand {
    @Mixin
    private SettingsOptions settings = new SettingsOptions();

    @Option(names = "--show", description = "Change nothing; show what is in force for the user, or for all users.")
    private boolean show;

    @Option(
            names = "--url",
            paramLabel = "URL",
            defaultValue = "http://localhost:9404",
            description = "With --show: any agent's address (default: ${DEFAULT-VALUE}).")
    private URI url = URI.create("http://localhost:9404");

    ConfigureCommand() {
        super(CommandAction.COMMAND_ACTION_CONFIGURE);
    }

    @Override
    void complete(PruneCommand.Builder command) {
        command.setSettings(settings.message()).addAllUnset(settings.unset());
    }

    @Override
    public Integer call() throws Exception {
        if (!show) {
            return super.call();
        }
        String path = "/api/v1/settings?model=%s&user=%s"
                .formatted(
                        encoded(model()), user().map(ConfigureCommand::encoded).orElse(""));
        print(new AgentClient(url).get(path).path("settings"));
        return ExitCode.OK;
    }

    private static void print(JsonNode rows) throws IOException {
        System.out.printf("%-16s %-24s %-28s %-22s %s%n", "model", "setting", "value", "from", "command");
        for (JsonNode row : rows) {
            System.out.printf(
                    "%-16s %-24s %-28s %-22s %s%n",
                    row.path("model").asText(),
                    row.path("setting").asText(),
                    row.path("value").isValueNode()
                            ? row.path("value").asText()
                            : row.path("value").toString(),
                    row.path("from").asText(),
                    row.has("commandId")
                            ? "%s of %s, %s"
                                    .formatted(
                                            row.path("commandId").asText(),
                                            row.path("requestedBy").asText("?"),
                                            Instant.ofEpochMilli(row.path("sinceMillis")
                                                            .asLong())
                                                    .truncatedTo(ChronoUnit.SECONDS))
                            : "-");
        }
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
