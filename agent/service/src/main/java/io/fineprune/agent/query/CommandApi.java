package io.fineprune.agent.query;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import io.fineprune.schemas.serde.MalformedMessageException;
import io.fineprune.schemas.v1.CommandAction;
import io.fineprune.schemas.v1.DeclaredClasses;
import io.fineprune.schemas.v1.PruneCommand;
import java.io.IOException;
import java.security.MessageDigest;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code /api/v1/commands}: publishes operators' commands for those who hold the token; {@code openapi.yaml} describes it. Safe
 * for use by several threads if the publisher is.
 */
public final class CommandApi {
    /** Path to which commands are posted. */
    public static final String PATH = QueryApi.ROOT + "commands";

    private static final Logger LOGGER = LoggerFactory.getLogger(CommandApi.class);
    private static final String ALL_USERS = "*";
    private static final Set<String> SETTING = Set.of("configure", "reprune");
    private static final double MAX_SPARSITY = 0.99;
    private static final Map<String, CommandAction> ACTIONS = Map.of(
            "configure", CommandAction.COMMAND_ACTION_CONFIGURE,
            "reprune", CommandAction.COMMAND_ACTION_REPRUNE,
            "reset", CommandAction.COMMAND_ACTION_RESET,
            "pause", CommandAction.COMMAND_ACTION_PAUSE,
            "resume", CommandAction.COMMAND_ACTION_RESUME,
            "pin", CommandAction.COMMAND_ACTION_PIN,
            "unpin", CommandAction.COMMAND_ACTION_UNPIN,
            "rollback", CommandAction.COMMAND_ACTION_ROLLBACK);

    private final Optional<String> token;
    private final Consumer<PruneCommand> publisher;
    private final Clock clock;

    /**
     * Takes commands if there is a token.
     *
     * @param token that callers must show; empty: nobody can send commands
     * @param publisher to the topic; throws a RuntimeException if that fails
     */
    public CommandApi(Optional<String> token, Consumer<PruneCommand> publisher, Clock clock) {
        this.token = token;
        this.publisher = publisher;
        this.clock = clock;
    }

    /** Answers whether commands are accepted, which needs a token in the configuration. */
    public Answer enabled() {
        return Answer.ok(Json.object().put("enabled", token.isPresent()));
    }

    /**
     * Publishes one command.
     *
     * @param authorization the header of that name
     * @param body JSON
     */
    public Answer post(Optional<String> authorization, String body) {
        if (token.isEmpty()) {
            return Answer.problem(403, "Commands over HTTP are off; set http.commands.token.file to turn them on");
        }
        byte[] expected = ("Bearer " + token.get()).getBytes(UTF_8);
        if (!MessageDigest.isEqual(expected, authorization.orElse("").getBytes(UTF_8))) {
            return Answer.problem(401, "Expected the header Authorization: Bearer with the token of this agent");
        }
        PruneCommand command;
        try {
            command = command(Json.parse(body));
        } catch (IOException e) {
            return Answer.problem(400, "Expected a command as JSON, but it cannot be read");
        } catch (IllegalArgumentException e) {
            return Answer.problem(400, String.valueOf(e.getMessage()));
        }
        try {
            publisher.accept(command);
        } catch (MalformedMessageException e) {
            return Answer.problem(400, String.valueOf(e.getMessage()));
        } catch (RuntimeException e) {
            LOGGER.warn("Could not publish a command", e);
            return Answer.problem(
                    503,
                    "The command was not sent, since the brokers did not take it in time; send it again later. The agent's log says why");
        }
        return new Answer(
                202,
                Answer.JSON,
                Json.object().put("commandId", command.getCommandId()).toString());
    }

    private PruneCommand command(JsonNode json) {
        List<String> problems = new ArrayList<>();
        String user = json.path("user").asText("");
        if (user.isEmpty()) {
            problems.add("expected a user, or * for all");
        }
        CommandAction action = ACTIONS.get(json.path("action").asText(""));
        if (action == null) {
            problems.add("expected one of the actions " + new TreeSet<>(ACTIONS.keySet()));
        }
        PruneCommand.Builder command = PruneCommand.newBuilder()
                .setCommandId(UUID.randomUUID().toString())
                .setUserId(user.equals(ALL_USERS) ? "" : user)
                .setModelId(json.path("model").asText(""))
                .setRequestedBy("http")
                .setRequestedAtMillis(clock.millis());
        if (json.has("sparsity")) {
            double sparsity = json.path("sparsity").asDouble(-1);
            if (action != CommandAction.COMMAND_ACTION_REPRUNE || !(sparsity >= 0 && sparsity <= MAX_SPARSITY)) {
                problems.add("expected a sparsity of 0 to 0.99, with reprune only");
            }
            command.getSettingsBuilder().setSparsity(sparsity);
        }
        if (json.has("classes")) {
            List<String> classes = new ArrayList<>();
            json.path("classes").forEach(name -> classes.add(name.asText("")));
            if (!SETTING.contains(json.path("action").asText(""))
                    || !json.path("classes").isArray()) {
                problems.add("expected a list of classes, with configure and reprune only");
            }
            command.getSettingsBuilder()
                    .setDeclaredClasses(DeclaredClasses.newBuilder().addAllNames(classes));
        }
        if (json.has("unset")) {
            List<String> unset = new ArrayList<>();
            json.path("unset").forEach(name -> unset.add(name.asText("")));
            if (!SETTING.contains(json.path("action").asText(""))
                    || !json.path("unset").isArray()) {
                problems.add("expected a list of settings to unset, with configure and reprune only");
            }
            command.addAllUnset(unset);
        }
        if (action == CommandAction.COMMAND_ACTION_CONFIGURE
                && !command.hasSettings()
                && command.getUnsetCount() == 0) {
            problems.add("expected classes or unset to configure");
        }
        if (json.has("version")) {
            if (action != CommandAction.COMMAND_ACTION_ROLLBACK
                    || !json.path("version").canConvertToLong()
                    || json.path("version").asLong() < 0) {
                problems.add("expected a version of at least 0, with rollback only");
            }
            command.setToVersion(json.path("version").asLong());
        }
        if (action == null || !problems.isEmpty()) {
            throw new IllegalArgumentException(String.join("; ", problems));
        }
        return command.setAction(action).build();
    }
}
