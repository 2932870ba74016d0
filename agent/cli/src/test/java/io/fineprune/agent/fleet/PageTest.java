package io.fineprune.agent.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.fineprune.agent.device.Device;
import io.fineprune.agent.device.KafkaDeviceTransport;
import io.fineprune.agent.metrics.MonitoringServer;
import io.fineprune.agent.runtime.FleetAgent;
import io.fineprune.agent.tensorflow.TensorFlowDeviceModels;
import io.fineprune.agent.tensorflow.layerwise.TensorFlowLayerwiseModel;
import io.fineprune.schemas.topic.Topics;
import io.fineprune.schemas.v1.Criterion;
import io.fineprune.schemas.v1.Granularity;
import io.fineprune.schemas.v1.Scope;
import io.fineprune.schemas.v1.UpdateKind;
import io.fineprune.topology.budget.Budget;
import io.fineprune.topology.lifecycle.EffectiveSettings;
import io.fineprune.topology.lifecycle.PersonalizationPlan;
import io.fineprune.topology.lifecycle.UpkeepSettings;
import io.fineprune.topology.pruning.PruningPlan;
import io.fineprune.topology.repair.RepairSettings;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The page at / in a real browser, served by an agent at work. */
class PageTest {
    private static final String TOKEN = "a-token-that-only-this-test-knows";
    private static final Path PICTURES = Path.of("target", "page");
    private static final List<String> USERS = List.of("ada", "boris & co", "chen");
    private static final int BUDGET = 120;
    private static final PruningPlan PLAN = new PruningPlan(
            Criterion.CRITERION_FLUCTUATION,
            Granularity.GRANULARITY_NODE,
            Scope.SCOPE_LAYER,
            0.7,
            42,
            Optional.empty(),
            Map.of());
    private static final String TAB = "\uE004";
    private static final String ENTER = "\uE007";

    @TempDir
    private Path folder;

    @Test
    void shouldShowTheFleetAndTakeCommandsByKeyboardOnAPhoneAndInTheDark() throws Exception {
        Optional<Browser> started = Browser.start(folder);
        assumeTrue(
                started.isPresent(),
                "chromium and chromedriver are not on the PATH (Debian packages chromium, chromium-driver)");
        try (Browser browser = started.orElseThrow();
                Fleet fleet = new Fleet(folder);
                TensorFlowLayerwiseModel layerwise = fleet.layerwise()) {
            Topics topics = fleet.topics("page");
            try (FleetAgent agent = agent(fleet, topics, layerwise);
                    Device device = device(fleet, topics);
                    MonitoringServer server = MonitoringServer.start(
                            "127.0.0.1",
                            0,
                            agent.metrics()::scrape,
                            agent.health(),
                            fleet.site(topics, agent, TOKEN))) {
                assertThat(device.swapper().version()).isZero();
                for (String user : USERS) {
                    fleet.send(topics, fleet.events(user, user.replace(" & co", ""), 0, BUDGET + 5));
                }
                String url = "http://127.0.0.1:" + server.port() + "/";
                browser.show(1200, 900, "light");
                browser.open(url);
                USERS.forEach(user -> await(browser, user));
                await(browser, "own mask");
                Fleet.await(
                        () -> !read(browser).contains("source model"),
                        () -> "every user decided on, found " + read(browser));
                browser.screenshot(PICTURES.resolve("fleet-light.png"));
                reachByKeyboard(browser);
                commandFromThePage(browser);
                onAPhoneInTheDark(browser, url);
                assertThat(browser.console())
                        .allSatisfy(entry -> assertThat(entry.path("message").asText())
                                .as("what is written to the console, but for the refusals that this test asked for")
                                .containsAnyOf("401", "404"));
            }
        }
    }

    /** Tab after tab, until the link of a user has the focus; then enter. */
    private static void reachByKeyboard(Browser browser) throws Exception {
        String focused = "";
        for (int i = 0; i < 40 && !focused.equals("boris & co"); i++) {
            browser.press(TAB);
            focused = browser.evaluate("document.activeElement.innerText ?? ''").asText();
        }
        assertThat(focused).isEqualTo("boris & co");
        browser.press(ENTER);
        await(browser, "What the gate saw and decided");
        await(browser, "Mask version 1");
        long layers = browser.evaluate("document.querySelectorAll('figure.layer canvas').length")
                .asLong();
        assertThat(layers)
                .isEqualTo(browser.evaluate("document.querySelectorAll('figcaption').length")
                        .asLong());
        assertThat(layers).isGreaterThan(5);
        assertThat(browser.evaluate("document.querySelector('canvas').getAttribute('aria-label')")
                        .asText())
                .matches(".*: \\d+ of \\d+ kept");
        assertThat(browser.evaluate("document.title").asText()).startsWith("boris & co");
    }

    private static void commandFromThePage(Browser browser) throws Exception {
        browser.type("#token", "a-wrong-token-000000");
        browser.click("#reprune");
        await(browser, "Expected the header Authorization");
        browser.type("#token", TOKEN);
        browser.type("#sparsity", "0.5");
        browser.click("#reprune");
        await(browser, "Sent (");
        browser.evaluate("document.activeElement.blur()");
        await(browser, "Mask version 2");
        await(browser, "command by http");
        await(browser, "Settings that commands put in force");
        browser.click("#unset-sparsity");
        Fleet.await(
                () -> !read(browser).contains("Settings that commands put in force"),
                () -> "the sparsity to be taken back, found " + read(browser));
        browser.click("#pin");
        await(browser, "Pinned: only commands publish");
        await(browser, "Unpin");
        browser.click("#rollback");
        await(browser, "Mask version 3");
        browser.evaluate("scrollTo(0, 0)");
        browser.show(1200, 1700, "light");
        browser.screenshot(PICTURES.resolve("user-light.png"));
    }

    private static void onAPhoneInTheDark(Browser browser, String url) throws Exception {
        browser.show(390, 844, "dark");
        browser.open(url + "#/users/chen");
        await(browser, "What the gate saw and decided");
        browser.screenshot(PICTURES.resolve("user-dark-phone.png"));
        assertThat(browser.evaluate("document.documentElement.scrollWidth - innerWidth")
                        .asLong())
                .as("pixels that a phone would have to scroll sideways")
                .isNotPositive();
        assertThat(browser.evaluate("getComputedStyle(document.body).backgroundColor")
                        .asText())
                .isEqualTo("rgb(17, 23, 21)");
        browser.open(url + "#/users/nobody");
        await(browser, "No agent has heard of this user");
    }

    private static void await(Browser browser, String text) {
        Fleet.await(
                () -> read(browser).contains(text),
                () -> "\"%s\" on the page, found:%n%s".formatted(text, read(browser)));
    }

    private static String read(Browser browser) {
        try {
            LockSupport.parkNanos(100_000_000);
            return browser.text();
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Device device(Fleet fleet, Topics topics) {
        return new Device(
                "ada",
                "ada-1",
                new TensorFlowDeviceModels(fleet.model),
                new KafkaDeviceTransport(topics, fleet.kafka()),
                Clock.systemUTC(),
                Duration.ofSeconds(10));
    }

    private static FleetAgent agent(Fleet fleet, Topics topics, TensorFlowLayerwiseModel layerwise)
            throws InterruptedException {
        RepairSettings repairs = new RepairSettings(true, 0, 0.01, 64, true, 0);
        PersonalizationPlan plan = new PersonalizationPlan(PLAN, UpdateKind.UPDATE_KIND_REFIT, true, true, repairs);
        return fleet.agent(
                fleet.settings(
                        topics, new EffectiveSettings(plan, new Budget(BUDGET, 0, 1)), BUDGET, UpkeepSettings.DEFAULT),
                "page",
                Map.of(fleet.modelId(), layerwise),
                Map.of());
    }
}
