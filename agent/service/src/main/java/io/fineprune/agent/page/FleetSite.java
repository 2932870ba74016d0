package io.fineprune.agent.page;

import io.fineprune.agent.metrics.MonitoringServer.Page;
import io.fineprune.agent.metrics.MonitoringServer.Request;
import io.fineprune.agent.query.Answer;
import io.fineprune.agent.query.CommandApi;
import io.fineprune.agent.query.QueryApi;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The paths of the agent's site. Safe for use by several threads. */
public final class FleetSite implements Function<Request, Optional<Page>> {
    private static final Map<String, String> TYPES = Map.of(
            "index.html", "text/html; charset=utf-8",
            "page.css", "text/css; charset=utf-8",
            "page.js", "text/javascript; charset=utf-8",
            "charts.js", "text/javascript; charset=utf-8",
            "icon.svg", "image/svg+xml");

    private final QueryApi queries;
    private final CommandApi commands;
    private final Map<String, Page> files;

    /** Creates the site, and reads the page's files from the class path. */
    public FleetSite(QueryApi queries, CommandApi commands) {
        this.queries = queries;
        this.commands = commands;
        this.files = TYPES.entrySet().stream()
                .collect(Collectors.toUnmodifiableMap(Map.Entry::getKey, file -> read(file.getKey(), file.getValue())));
    }

    @Override
    public Optional<Page> apply(Request request) {
        String path = request.uri().getPath();
        boolean post = request.method().equals("POST");
        if (path.equals(CommandApi.PATH)) {
            return Optional.of(
                    page(post ? commands.post(request.authorization(), request.body()) : commands.enabled()));
        }
        if (post) {
            return Optional.empty();
        }
        String file = path.equals("/") ? "index.html" : path.substring(1);
        return Optional.ofNullable(files.get(file))
                .or(() -> queries.answer(request.uri()).map(FleetSite::page));
    }

    private static Page page(Answer answer) {
        return new Page(answer.code(), answer.type(), answer.body());
    }

    private static Page read(String file, String type) {
        try (InputStream in = FleetSite.class.getResourceAsStream("/page/" + file)) {
            if (in == null) {
                throw new IllegalStateException("This build has no page/" + file);
            }
            return new Page(200, type, new String(in.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
