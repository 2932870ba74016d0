package io.fineprune.agent.query;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fineprune.agent.fleet.FleetView;
import io.fineprune.schemas.serde.MalformedMessageException;
import io.fineprune.schemas.serde.UserModelKey;
import io.fineprune.topology.activation.Architecture;
import io.fineprune.topology.lifecycle.EffectiveSettings;
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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code /api/v1}: users, masks and models, read only; {@code openapi.yaml} describes it. Users that another agent holds are
 * asked for there, one hop at most. Safe for use by several threads.
 */
public final class QueryApi {
    /** Prefix of all paths of the interface. */
    public static final String ROOT = "/api/v1/";

    private static final Logger LOGGER = LoggerFactory.getLogger(QueryApi.class);
    private static final Duration TIMEOUT = Duration.ofSeconds(5);

    private final FleetView view;
    private final Stores stores;
    private final Peers peers;
    private final List<Architecture> models;
    private final EffectiveSettings defaults;
    private final HttpClient client =
            HttpClient.newBuilder().connectTimeout(TIMEOUT).build();

    /**
     * Answers as far as this agent and its peers know.
     *
     * @param models those that the agent runs
     * @param defaults of the agent's configuration, which commands overlay
     */
    public QueryApi(FleetView view, Stores stores, Peers peers, List<Architecture> models, EffectiveSettings defaults) {
        this.view = view;
        this.stores = stores;
        this.peers = peers;
        this.models = List.copyOf(models);
        this.defaults = defaults;
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
            if (parts.length == 1 && parts[0].equals("fleet")) {
                return Optional.of(fleet(uri, query));
            }
            if (parts.length == 1 && parts[0].equals("settings")) {
                return Optional.of(settings(uri, query));
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
        Comparator<SortKey> order = SortKey.comparator(query.descending(), query.order() == UserOrder.USER);
        Page page = new Page(query, order);
        boolean whole = view.forEach(page::offer);
        List<ObjectNode> found = new ArrayList<>(page.users());
        long total = page.total();
        boolean more = page.more();
        int unanswered = whole ? 0 : 1;
        if (!query.local()) {
            for (String peer : peers.others()) {
                Optional<JsonNode> answer = askForJson(peer, uri);
                if (answer.isEmpty()) {
                    unanswered++;
                    continue;
                }
                answer.get().path("users").forEach(user -> found.add((ObjectNode) user));
                total += answer.get().path("total").asLong();
                more |= answer.get().has("nextCursor");
                unanswered += answer.get().path("unansweredAgents").asInt();
            }
        }
        found.sort(Comparator.comparing(user -> query.order().key(user), order));
        List<ObjectNode> shown = found.subList(0, Math.min(query.limit(), found.size()));
        ObjectNode answer = Json.object();
        answer.putArray("users").addAll(shown);
        answer.put("total", total);
        if (!shown.isEmpty() && (more || found.size() > shown.size())) {
            answer.put(
                    "nextCursor", query.order().key(shown.get(shown.size() - 1)).cursor());
        }
        answer.put("unansweredAgents", unanswered);
        return Answer.ok(answer);
    }

    private Answer fleet(URI uri, UserQuery query) {
        FleetTotals totals = new FleetTotals(System.currentTimeMillis());
        int held = view.users().partitions();
        boolean whole = view.forEach(totals::add);
        if (!whole) {
            totals = new FleetTotals(System.currentTimeMillis());
        }
        int partitions = whole ? held : 0;
        int unanswered = whole ? 0 : 1;
        if (!query.local()) {
            for (String peer : peers.others()) {
                Optional<JsonNode> answer = askForJson(peer, uri);
                if (answer.isPresent()) {
                    totals.add(answer.get());
                    partitions += answer.get().path("partitionsAnswered").asInt();
                    unanswered += answer.get().path("unansweredAgents").asInt();
                } else {
                    unanswered++;
                }
            }
        }
        return Answer.ok(totals.json()
                .put("partitions", view.partitions())
                .put("partitionsAnswered", partitions)
                .put("unansweredAgents", unanswered));
    }

    private Answer settings(URI uri, UserQuery query) {
        Optional<String> elsewhere = query.user().isEmpty() ? Optional.empty() : peers.otherHolderOf(query.user());
        if (query.user().isEmpty() && view.users().partitions() == 0) {
            elsewhere = peers.others().stream().findFirst();
        }
        if (!query.local() && elsewhere.isPresent()) {
            return ask(elsewhere.get(), uri)
                    .orElseGet(() -> Answer.problem(502, "The agent that knows this does not answer"));
        }
        ArrayNode all = Json.array();
        for (Architecture model : models) {
            String id = model.modelId();
            if (query.model().isEmpty() || query.model().equals(id)) {
                SettingsInForce settings = new SettingsInForce(defaults)
                        .over("all users", view.users().ofAll(""))
                        .over("all users of the model", view.users().ofAll(id));
                if (!query.user().isEmpty()) {
                    view.users().find(new UserModelKey(query.user(), id)).ifPresent(own -> settings.over("user", own));
                }
                settings.addTo(all, id);
            }
        }
        return Answer.ok(Json.object().set("settings", all));
    }

    /** What another agent says of its own users; empty if it does not. */
    private Optional<JsonNode> askForJson(String peer, URI uri) {
        Optional<Answer> answer = ask(peer, uri);
        if (answer.isEmpty() || answer.get().code() != 200) {
            return Optional.empty();
        }
        try {
            return Optional.of(Json.parse(answer.get().body()));
        } catch (IOException e) {
            LOGGER.warn("Expected JSON from {}: {}", peer, e.getMessage());
            return Optional.empty();
        }
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
        return view.find(key).map(known -> {
            ObjectNode node = Json.user(known);
            stores.events(key).ifPresent(count -> node.put("eventsInSums", count));
            stores.lifecycle(key).ifPresent(stored -> node.put("eventsAtLastPruning", stored.getEventsAtLastPruning()));
            node.set("history", Json.rounds(known));
            return node;
        });
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
