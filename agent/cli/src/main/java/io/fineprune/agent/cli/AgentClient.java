package io.fineprune.agent.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;

/** Asks an agent's interface. */
final class AgentClient {
    private static final Duration TIMEOUT = Duration.ofSeconds(15);

    private final URI url;
    private final HttpClient client = HttpClient.newHttpClient();

    AgentClient(URI url) {
        this.url = url;
    }

    /** @throws CommandFailedException if there is no answer, or the agent refuses */
    JsonNode get(String path) throws InterruptedException, IOException {
        HttpResponse<String> response;
        try {
            response = client.send(
                    HttpRequest.newBuilder(url.resolve(path)).timeout(TIMEOUT).build(),
                    HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new CommandFailedException(
                    ExitCode.FAILURE, "Could not ask %s: %s. Does an agent run there?".formatted(url, e));
        } catch (IllegalArgumentException e) {
            throw new CommandFailedException(ExitCode.USAGE, "Expected --url http://HOST:PORT, but was " + url);
        }
        JsonNode answer = new ObjectMapper().readTree(response.body());
        if (response.statusCode() != 200) {
            throw new CommandFailedException(
                    response.statusCode() == 400 ? ExitCode.USAGE : ExitCode.FAILURE,
                    answer.path("detail").asText("The agent answered with status " + response.statusCode()));
        }
        return answer;
    }
}
