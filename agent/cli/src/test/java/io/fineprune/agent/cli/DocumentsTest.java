package io.fineprune.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.fineprune.agent.config.Setting;
import io.fineprune.agent.config.Settings;
import io.fineprune.agent.metrics.FleetMeter;
import io.fineprune.schemas.topic.TopicDescriptor;
import io.fineprune.schemas.topic.Topics;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

/** What the documents name is there: commands and their flags, files, settings, topics, metrics, tests and modules. */
class DocumentsTest {
    private static final Path ROOT = Path.of("..", "..").toAbsolutePath().normalize();
    private static final String JAR = "java -jar agent/target/fineprune.jar";

    private static final Pattern CODE = Pattern.compile("`([^`\n]+)`");
    private static final Pattern FENCE = Pattern.compile("(?m)^```\\w*\n(.*?)^```", Pattern.DOTALL);
    private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s]+)\\)");
    private static final Pattern DOTTED = Pattern.compile("([a-z]+(?:\\.[a-z]+)+)(?:[:=].*)?");
    private static final Pattern METRIC = Pattern.compile("\\bfineprune_[a-z_]+");
    private static final Pattern TOPIC_ROW = Pattern.compile("(?m)^\\| `([a-z-]+)` \\|.*\\| (\\w+) \\|$");

    private static final Set<String> ENDINGS =
            Set.of("md", "yaml", "json", "zip", "proto", "csv", "jar", "log", "file", "class", "pem", "pb", "xml");

    /** Options of kafka-acls, which the documents show beside our own. */
    private static final Set<String> OF_KAFKA = Set.of(
            "--add",
            "--allow-principal",
            "--bootstrap-server",
            "--command-config",
            "--group",
            "--operation",
            "--resource-pattern-type",
            "--topic",
            "--transactional-id");

    @Test
    void shouldParseEveryCommandThatIsToBePasted() throws IOException {
        List<String> problems = new ArrayList<>();
        int commands = 0;
        for (Path document : documents()) {
            for (String line : lines(document)) {
                if (line.startsWith(JAR + " ")) {
                    commands++;
                    try {
                        Main.commandLine().parseArgs(words(line.substring(JAR.length())));
                    } catch (ParameterException e) {
                        problems.add(name(document) + ": " + line + ": " + e.getMessage());
                    }
                }
            }
        }
        assertThat(problems).isEmpty();
        assertThat(commands).isGreaterThan(40);
    }

    @Test
    void shouldKnowEveryCommandAndFlagThatTheTextNames() throws IOException {
        List<String> problems = new ArrayList<>();
        for (Path document : documents()) {
            for (String code : inlineCode(document)) {
                String command = code.replaceFirst("^" + Pattern.quote(JAR) + " ", "fineprune ");
                boolean ours = command.startsWith("fineprune ");
                String[] words = words(command.replace("[", "").replace("]", "").replaceFirst("^fineprune ", ""));
                if (words.length > 0
                        && (ours || (words.length > 1 && subcommands().contains(words[0])))) {
                    unknown(words).forEach(problem -> problems.add(name(document) + ": " + code + ": " + problem));
                } else if (words.length > 0 && words[0].startsWith("--") && !OF_KAFKA.contains(words[0])) {
                    Stream.of(words)
                            .filter(word -> word.startsWith("--"))
                            .map(word -> word.replaceFirst("=.*", ""))
                            .filter(flag -> all(Main.commandLine())
                                    .noneMatch(c -> c.getCommandSpec().findOption(flag) != null))
                            .forEach(flag -> problems.add(name(document) + ": no command has " + flag));
                }
            }
        }
        assertThat(problems).isEmpty();
    }

    @Test
    void shouldNameModulesProfilesAndTestsThatExist() throws IOException {
        Set<String> tests = new TreeSet<>();
        walk(
                file -> file.toString().endsWith(".java"),
                file -> tests.add(file.getFileName().toString().replace(".java", "")));
        StringBuilder poms = new StringBuilder();
        walk(file -> file.endsWith("pom.xml"), file -> poms.append(Files.readString(file)));
        List<String> problems = new ArrayList<>();
        for (Path document : documents()) {
            for (String line : Stream.concat(lines(document).stream(), inlineCode(document).stream())
                    .filter(line -> line.startsWith("./mvnw"))
                    .toList()) {
                String[] words = words(line);
                for (int i = 0; i < words.length; i++) {
                    String word = words[i];
                    boolean found = true;
                    if (word.equals("-pl")) {
                        found = Files.exists(ROOT.resolve(words[i + 1]).resolve("pom.xml"));
                    } else if (word.startsWith("-Dtest=")) {
                        found = tests.contains(word.substring("-Dtest=".length()));
                    } else if (word.startsWith("-P")) {
                        found = poms.indexOf("<id>" + word.substring(2) + "</id>") >= 0;
                    }
                    if (!found) {
                        problems.add(name(document) + ": " + line + ": " + word);
                    }
                }
            }
        }
        assertThat(problems).isEmpty();
    }

    @Test
    void shouldLinkToFilesThatExist() throws IOException {
        List<String> problems = new ArrayList<>();
        for (Path document : documents()) {
            Matcher link = LINK.matcher(Files.readString(document));
            while (link.find()) {
                String target = link.group(1).replaceFirst("#.*", "");
                boolean elsewhere = target.isEmpty() || target.contains("://");
                if (!elsewhere && !Files.exists(document.resolveSibling(target))) {
                    problems.add(name(document) + ": " + target);
                }
            }
        }
        assertThat(problems).isEmpty();
    }

    @Test
    void shouldNameSettingsThatExist() throws IOException {
        Set<String> keys = Settings.all().stream().map(Setting::key).collect(Collectors.toCollection(TreeSet::new));
        Set<String> beginnings =
                keys.stream().map(key -> key.split("\\.", 2)[0]).collect(Collectors.toSet());
        List<String> problems = new ArrayList<>();
        for (Path document : documents()) {
            for (String code : inlineCode(document)) {
                Matcher dotted = DOTTED.matcher(code);
                if (dotted.matches()) {
                    String key = dotted.group(1);
                    boolean file = ENDINGS.contains(key.substring(key.lastIndexOf('.') + 1)) && !keys.contains(key);
                    if (!file && beginnings.contains(key.split("\\.", 2)[0]) && !keys.contains(key)) {
                        problems.add(name(document) + ": " + key);
                    }
                }
            }
        }
        assertThat(problems).isEmpty();
    }

    @Test
    void shouldListEverySettingWithItsDefault() throws IOException {
        String table = Settings.all().stream()
                .map(setting -> "| `%s` | %s | %s |\n"
                        .formatted(setting.key(), setting.fallback().orElse("none"), setting.description()))
                .collect(Collectors.joining());
        assertThat(Files.readString(ROOT.resolve("agent/docs/configuration.md")))
                .contains(table);
    }

    @Test
    void shouldListEveryTopic() throws IOException {
        Set<String> listed = new TreeSet<>();
        Matcher row = TOPIC_ROW.matcher(Files.readString(ROOT.resolve("schemas/PROTOCOL.md")));
        while (row.find()) {
            listed.add(row.group(1) + " " + row.group(2));
        }
        assertThat(listed)
                .containsExactlyInAnyOrderElementsOf(Topics.standard().all().stream()
                        .map(DocumentsTest::nameAndCleanup)
                        .toList());
    }

    @Test
    void shouldNameMetricsThatExist() throws IOException {
        Set<String> known = new TreeSet<>();
        for (FleetMeter meter : FleetMeter.values()) {
            for (String ending : List.of("", "_bucket", "_sum", "_count", "_max")) {
                known.add(meter.prometheusName() + ending);
            }
        }
        List<String> problems = new ArrayList<>();
        for (Path document : documents()) {
            Matcher metric = METRIC.matcher(Files.readString(document));
            while (metric.find()) {
                if (!known.contains(metric.group())) {
                    problems.add(name(document) + ": " + metric.group());
                }
            }
        }
        assertThat(problems).isEmpty();
    }

    @Test
    void shouldKeepTheFrontPageShort() throws IOException {
        assertThat(Files.readAllLines(ROOT.resolve("README.md"))).hasSizeLessThanOrEqualTo(150);
    }

    private static String nameAndCleanup(TopicDescriptor<?, ?> topic) {
        return topic.name() + " " + topic.config().get("cleanup.policy");
    }

    /** What of a command is unknown: its name, or a flag. Values are not looked at; they may stand for others. */
    private static List<String> unknown(String[] words) {
        CommandLine command = Main.commandLine();
        List<String> problems = new ArrayList<>();
        boolean named = false;
        for (String word : words) {
            CommandLine next = command.getSubcommands().get(word);
            if (next != null) {
                command = next;
                named = true;
            } else if (!named) {
                return List.of("no command " + word);
            } else if (word.startsWith("-") && command.getCommandSpec().findOption(word.split("=", 2)[0]) == null) {
                problems.add("no flag " + word);
            }
        }
        return problems;
    }

    private static Set<String> subcommands() {
        return Main.commandLine().getSubcommands().keySet();
    }

    private static Stream<CommandLine> all(CommandLine command) {
        return Stream.concat(
                Stream.of(command), command.getSubcommands().values().stream().flatMap(DocumentsTest::all));
    }

    /** Lines of the blocks of code. */
    private static List<String> lines(Path document) throws IOException {
        List<String> lines = new ArrayList<>();
        String text = Files.readString(document).replaceAll("\\\\\n\\s*", "");
        Matcher fence = FENCE.matcher(text);
        while (fence.find()) {
            fence.group(1).lines().map(String::trim).forEach(lines::add);
        }
        FENCE.matcher(text)
                .replaceAll("")
                .lines()
                .filter(line -> line.startsWith("    "))
                .map(String::trim)
                .forEach(lines::add);
        return lines;
    }

    private static List<String> inlineCode(Path document) throws IOException {
        String text = FENCE.matcher(Files.readString(document)).replaceAll("");
        return CODE.matcher(text).results().map(code -> code.group(1)).toList();
    }

    private static String[] words(String line) {
        return Arrays.stream(line.trim().split("\\s+", -1))
                .filter(word -> !word.isEmpty() && !word.equals("&") && !word.equals("..."))
                .map(word -> word.replaceAll("^'|'$", ""))
                .toArray(String[]::new);
    }

    private static List<Path> documents() throws IOException {
        List<Path> documents = new ArrayList<>();
        walk(file -> file.toString().endsWith(".md"), documents::add);
        assertThat(documents).hasSizeGreaterThan(20);
        return documents;
    }

    private static String name(Path document) {
        return ROOT.relativize(document).toString();
    }

    private interface Visit {
        void file(Path file) throws IOException;
    }

    private static void walk(Predicate<Path> wanted, Visit visit) throws IOException {
        Set<String> passedOver = Set.of("target", ".git", "fineprune-data", "state");
        Files.walkFileTree(ROOT, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
                return passedOver.contains(folder.getFileName().toString())
                        ? FileVisitResult.SKIP_SUBTREE
                        : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                if (wanted.test(file)) {
                    visit.file(file);
                }
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
