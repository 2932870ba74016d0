package io.fineprune.agent.query;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fineprune.agent.fleet.FleetView;
import io.fineprune.agent.fleet.UserStatus;
import io.fineprune.schemas.serde.MalformedMessageException;
import io.fineprune.schemas.serde.UserModelKey;
import io.fineprune.schemas.v1.StoredLifecycle;
import io.fineprune.topology.activation.Architecture;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code /api/v1}: users, masks and models, read only; {@code openapi.yaml} describes it. Users that another agent holds are
 * asked for there, one hop at most. Safe for use by several threads.
 */
public final class QueryApi {
    /** What all paths begin with. */
    public static final String ROOT = "/api/v1/";

    private static final Logger LOGGER = LoggerFactory.getLogger(QueryApi.class);
    private static final Duration TIMEOUT = Duration.ofSeconds(5);

    private final FleetView view;
    private final Stores stores;
    private final Peers peers;
    private final List<Architecture> models;
    private final HttpClient client =
            HttpClient.newBuilder().connectTimeout(TIMEOUT).build();

    /** @param models those that the agent runs */
    public QueryApi(FleetView view, Stores stores, Peers peers, List<Architecture> models) {
        this.view = view;
        this.stores = stores;
        this.peers = peers;
        this.models = List.copyOf(models);
    }

    /** Answers a GET; empty if the path is none of this interface's. */
    public Optional<Answer> answer(URI uri) {
        String path = uri.getRawPath();
        if (!path.startsWith(ROOT)) {
            return Optional.empty();
        }
        String[] parts = path.substring(ROOT.length()).split("/", -1);
        try {
            UserQuery query = UserQuery.of(uri);
            if (parts.length == 1 && parts[0].equals("users")) {
                return Optional.of(users(uri, query));
            }
            if (parts.length == 1 && parts[0].equals("models")) {
                ArrayNode all = Json.array();
                models.forEach(model -> all.add(Json.model(model)));
                return Optional.of(Answer.ok(Json.object().set("models", all)));
            }
            if (parts.length == 1 && parts[0].equals("openapi.yaml")) {
                return Optional.of(new Answer(200, "application/yaml", description()));
            }
            boolean mask = parts.length == 3 && parts[2].equals("mask");
            if (parts[0].equals("users") && (parts.length == 2 || mask)) {
                String user = UserQuery.decode(parts[1].replace("+", "%2B"));
                return Optional.of(user(uri, query, user, mask));
            }
        } catch (IllegalArgumentException | MalformedMessageException e) {
            return Optional.of(Answer.problem(400, String.valueOf(e.getMessage())));
        }
        return Optional.of(Answer.problem(404, "Expected one of the paths that %sopenapi.yaml names".formatted(ROOT)));
    }

    private Answer users(URI uri, UserQuery query) {
        Comparator<JsonNode> order = query.order().comparator();
        List<JsonNode> found = new ArrayList<>(local(query));
        int unanswered = 0;
        if (!query.local()) {
            for (String peer : peers.others()) {
                Optional<Answer> answer = ask(peer, uri);
                if (answer.isPresent() && answer.get().code() == 200) {
                    try {
                        Json.parse(answer.get().body()).path("users").forEach(found::add);
                        continue;
                    } catch (IOException e) {
                        LOGGER.warn("Expected JSON from {}: {}", peer, e.getMessage());
                    }
                }
                unanswered++;
            }
        }
        found.sort(order);
        ObjectNode answer = Json.object();
        ArrayNode users = answer.putArray("users");
        found.stream().limit(query.limit()).forEach(users::add);
        answer.put("unansweredAgents", unanswered);
        return Answer.ok(answer);
    }

    /** The first of this agent's users; no more than the limit are kept at any time. */
    private List<JsonNode> local(UserQuery query) {
        PriorityQueue<JsonNode> first =
                new PriorityQueue<>(query.order().comparator().reversed());
        view.forEach(user -> {
            if (query.model().isEmpty() || query.model().equals(user.key().model())) {
                first.add(Json.user(user));
                if (first.size() > query.limit()) {
                    first.remove();
                }
            }
        });
        first.forEach(this::describe);
        return List.copyOf(first);
    }

    /** Adds what the stores know and the reports do not say. */
    private void describe(JsonNode user) {
        UserModelKey key =
                new UserModelKey(user.path("user").asText(), user.path("model").asText());
        stores.lifecycle(key).ifPresent(stored -> held((ObjectNode) user, stored));
    }

    private static void held(ObjectNode user, StoredLifecycle stored) {
        user.put("paused", stored.getPaused());
        user.put("pinned", stored.getPinned());
    }

    private Answer user(URI uri, UserQuery query, String user, boolean mask) {
        if (!query.local()) {
            Optional<String> holder = peers.otherHolderOf(user);
            if (holder.isPresent()) {
                return ask(holder.get(), uri)
                        .orElseGet(() -> Answer.problem(502, "The agent that holds this user does not answer"));
            }
        }
        ArrayNode found = Json.array();
        for (Architecture model : models) {
            if (query.model().isEmpty() || query.model().equals(model.modelId())) {
                UserModelKey key = new UserModelKey(user, model.modelId());
                if (mask) {
                    stores.mask(key).ifPresent(update -> found.add(Json.mask(update)));
                } else {
                    state(key).ifPresent(found::add);
                }
            }
        }
        if (found.isEmpty()) {
            return Answer.problem(404, mask ? "There is no mask of this user" : "No agent has heard of this user");
        }
        return Answer.ok(Json.object().set(mask ? "masks" : "states", found));
    }

    private Optional<ObjectNode> state(UserModelKey key) {
        Optional<UserStatus> status = view.find(key);
        var lifecycle = stores.lifecycle(key).filter(stored -> !stored.getForgotten());
        var events = stores.events(key);
        if (status.isEmpty() && lifecycle.isEmpty() && events.isEmpty()) {
            return Optional.empty();
        }
        ObjectNode node = status.map(Json::user)
                .orElseGet(() -> Json.object().put("user", key.user()).put("model", key.model()));
        events.ifPresent(count -> node.put("eventsInSums", count));
        lifecycle.ifPresent(stored -> {
            node.put("version", stored.getVersion());
            held(node, stored);
            node.put("eventsAtLastPruning", stored.getEventsAtLastPruning());
        });
        status.ifPresent(known -> node.set("history", Json.rounds(known)));
        return Optional.of(node);
    }

    private Optional<Answer> ask(String peer, URI uri) {
        String separator = uri.getRawQuery() == null ? "?" : "?" + uri.getRawQuery() + "&";
        URI there = URI.create("http://" + peer + uri.getRawPath() + separator + "local=true");
        try {
            HttpResponse<String> response = client.send(
                    HttpRequest.newBuilder(there).timeout(TIMEOUT).build(), HttpResponse.BodyHandlers.ofString());
            String type = response.headers().firstValue("Content-Type").orElse(Answer.JSON);
            return Optional.of(new Answer(response.statusCode(), type, response.body()));
        } catch (IOException e) {
            LOGGER.warn("Expected an answer from agent {}: {}", peer, e.toString());
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }

    private static String description() {
        try (InputStream in = QueryApi.class.getResourceAsStream("/query/openapi.yaml")) {
            if (in == null) {
                throw new IllegalStateException("This build has no openapi.yaml");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new IllegalStateException("Could not read openapi.yaml", e);
        }
    }
}
