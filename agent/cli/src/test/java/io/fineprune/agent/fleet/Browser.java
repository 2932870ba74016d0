package io.fineprune.agent.fleet;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fineprune.agent.grafana.Tools;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A headless Chromium, driven through ChromeDriver by the W3C's WebDriver protocol. */
final class Browser implements AutoCloseable {
    private static final Pattern STARTED = Pattern.compile("started successfully on port (\\d+)");
    private static final String ELEMENT = "element-6066-11e4-a52e-4f735466cecf";
    private static final List<String> ARGUMENTS = List.of(
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--hide-scrollbars");

    private final ObjectMapper json = new ObjectMapper();
    private final HttpClient client = HttpClient.newHttpClient();
    private final Process driver;
    private final String session;

    private Browser(Process driver, Path profile) throws IOException, InterruptedException {
        this.driver = driver;
        int port = port(driver);
        ObjectNode wanted = json.createObjectNode();
        ObjectNode options = wanted.putObject("capabilities").putObject("alwaysMatch");
        options.putObject("goog:loggingPrefs").put("browser", "ALL");
        ObjectNode chrome = options.putObject("goog:chromeOptions");
        chrome.put("binary", Tools.find("chromium").orElseThrow().toString());
        var arguments = chrome.putArray("args");
        ARGUMENTS.forEach(arguments::add);
        arguments.add("--user-data-dir=" + profile);
        String root = "http://127.0.0.1:%d/session".formatted(port);
        this.session = root + "/" + call("POST", root, wanted).path("sessionId").asText();
    }

    /** Empty unless Chromium and ChromeDriver are installed. */
    static Optional<Browser> start(Path folder) throws IOException, InterruptedException {
        Optional<Path> program = Tools.find("chromedriver");
        if (program.isEmpty() || Tools.find("chromium").isEmpty()) {
            return Optional.empty();
        }
        Process driver = new ProcessBuilder(program.get().toString(), "--port=0")
                .redirectErrorStream(true)
                .start();
        try {
            return Optional.of(new Browser(driver, Files.createDirectories(folder.resolve("profile"))));
        } catch (IOException | RuntimeException e) {
            driver.destroyForcibly();
            throw e;
        }
    }

    void open(String url) throws IOException, InterruptedException {
        call("POST", session + "/url", json.createObjectNode().put("url", url));
    }

    /** The value of an expression of JavaScript. */
    JsonNode evaluate(String expression) throws IOException, InterruptedException {
        ObjectNode body = json.createObjectNode().put("script", "return " + expression);
        body.putArray("args");
        return call("POST", session + "/execute/sync", body);
    }

    String text() throws IOException, InterruptedException {
        return evaluate("document.body.innerText").asText();
    }

    /** Presses keys, as a user does; \uE004 is tab, \uE007 enter. */
    void press(String keys) throws IOException, InterruptedException {
        ObjectNode body = json.createObjectNode();
        ObjectNode source =
                body.putArray("actions").addObject().put("type", "key").put("id", "keyboard");
        var actions = source.putArray("actions");
        keys.codePoints().forEach(key -> {
            actions.addObject().put("type", "keyDown").put("value", Character.toString(key));
            actions.addObject().put("type", "keyUp").put("value", Character.toString(key));
        });
        call("POST", session + "/actions", body);
    }

    void click(String selector) throws IOException, InterruptedException {
        call("POST", session + "/element/" + find(selector) + "/click", json.createObjectNode());
    }

    void type(String selector, String text) throws IOException, InterruptedException {
        String element = session + "/element/" + find(selector);
        call("POST", element + "/clear", json.createObjectNode());
        call("POST", element + "/value", json.createObjectNode().put("text", text));
    }

    /** How the device shows pages: CSS pixels, and the colours its user prefers. */
    void show(int width, int height, String colours) throws IOException, InterruptedException {
        ObjectNode metrics = json.createObjectNode();
        metrics.put("width", width)
                .put("height", height)
                .put("deviceScaleFactor", 1)
                .put("mobile", width < 600);
        devtools("Emulation.setDeviceMetricsOverride", metrics);
        ObjectNode media = json.createObjectNode();
        media.putArray("features")
                .addObject()
                .put("name", "prefers-color-scheme")
                .put("value", colours);
        devtools("Emulation.setEmulatedMedia", media);
    }

    void screenshot(Path file) throws IOException, InterruptedException {
        Files.createDirectories(file.toAbsolutePath().getParent());
        Files.write(
                file,
                Base64.getDecoder()
                        .decode(call("GET", session + "/screenshot", null).asText()));
    }

    /** What pages wrote to the console, as WebDriver reports it. */
    JsonNode console() throws IOException, InterruptedException {
        return call("POST", session + "/se/log", json.createObjectNode().put("type", "browser"));
    }

    @Override
    public void close() throws IOException {
        try {
            call("DELETE", session, null);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            driver.destroy();
        }
    }

    private String find(String selector) throws IOException, InterruptedException {
        return call(
                        "POST",
                        session + "/element",
                        json.createObjectNode().put("using", "css selector").put("value", selector))
                .path(ELEMENT)
                .asText();
    }

    private void devtools(String command, ObjectNode parameters) throws IOException, InterruptedException {
        ObjectNode body = json.createObjectNode().put("cmd", command);
        body.set("params", parameters);
        call("POST", session + "/goog/cdp/execute", body);
    }

    private JsonNode call(String method, String url, @org.jspecify.annotations.Nullable JsonNode body)
            throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(url))
                .timeout(Duration.ofMinutes(2))
                .method(
                        method,
                        body == null
                                ? HttpRequest.BodyPublishers.noBody()
                                : HttpRequest.BodyPublishers.ofString(body.toString()))
                .build();
        HttpResponse<String> response = client.send(request, HttpResponse.BodyHandlers.ofString());
        if (response.statusCode() != 200) {
            throw new IOException("%s %s: %d %s".formatted(method, url, response.statusCode(), response.body()));
        }
        return json.readTree(response.body()).path("value");
    }

    private static int port(Process driver) throws IOException {
        BufferedReader out = new BufferedReader(new InputStreamReader(driver.getInputStream(), StandardCharsets.UTF_8));
        StringBuilder said = new StringBuilder();
        for (String line = out.readLine(); line != null; line = out.readLine()) {
            Matcher started = STARTED.matcher(line);
            if (started.find()) {
                return Integer.parseInt(started.group(1));
            }
            said.append(line).append('\n');
        }
        throw new IOException("ChromeDriver did not start: " + said);
    }
}
