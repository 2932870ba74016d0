package io.fineprune.agent.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fineprune.agent.preprocessing.Decoded;
import io.fineprune.agent.recordings.DataCheck;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "check",
        mixinStandardHelpOptions = true,
        description = {
            "Says of every recording what it decodes to, whose it is and of which class, and sums up what would be refused.",
            "A folder or file that fits no layout is checked file by file."
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:every file can be used, and they fit a layout", "1:some cannot, or they fit none"})
final class DataCheckCommand implements Callable<Integer> {
    private static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    @Parameters(paramLabel = "PATH", description = "A folder, archive, table or file of recordings.")
    private Path path = Path.of("");

    @Option(names = "--json", description = "Write JSON instead of lines.")
    private boolean json;

    @Override
    public Integer call() throws IOException {
        DataCheck check;
        try (Progress progress = Progress.standard()) {
            check = DataCheck.of(path, count -> progress.show("Checked: " + count));
        }
        System.out.println(json ? JSON.writeValueAsString(json(check)) : lines(check));
        boolean usable = check.problem().isEmpty()
                && check.entries().stream().allMatch(entry -> entry.decoded().isPresent());
        return usable ? ExitCode.OK : ExitCode.FAILURE;
    }

    private static String lines(DataCheck check) {
        StringBuilder text = new StringBuilder();
        for (DataCheck.Entry entry : check.entries()) {
            text.append(entry.file()).append(": ");
            entry.user().ifPresent(user -> text.append("user ").append(user).append(", "));
            entry.label().ifPresent(label -> text.append("label ").append(label).append(", "));
            text.append(entry.decoded().map(DataCheckCommand::line).orElse("refused: " + entry.refusal()))
                    .append('\n');
        }
        text.append("%d files: %d sounds (%d cut off), %d pictures, %d refused%n"
                .formatted(
                        check.entries().size(),
                        count(check, Decoded.Sound.class),
                        cutOff(check),
                        count(check, Decoded.Picture.class),
                        refused(check)));
        users(check)
                .forEach((user, labels) -> text.append("user %s: %d recordings of %d classes%n"
                        .formatted(
                                user,
                                labels.values().stream()
                                        .mapToInt(Integer::intValue)
                                        .sum(),
                                labels.size())));
        check.problem().ifPresent(problem -> text.append(problem).append('\n'));
        return text.toString().stripTrailing();
    }

    private static String line(Decoded decoded) {
        if (decoded instanceof Decoded.Sound sound) {
            return String.format(
                    Locale.ROOT,
                    "sound, %d Hz, %d channels, %d frames, rms %.4f, peak %.4f%s",
                    sound.sampleRateHz(),
                    sound.channels(),
                    sound.frames(),
                    sound.rms(),
                    sound.peak(),
                    sound.cutOff() ? ", cut off" : "");
        }
        Decoded.Picture picture = (Decoded.Picture) decoded;
        return "picture, %d x %d, first pixel %s, last pixel %s"
                .formatted(picture.width(), picture.height(), picture.first(), picture.last());
    }

    private static ObjectNode json(DataCheck check) {
        ObjectNode root = JSON.createObjectNode();
        ArrayNode files = root.putArray("files");
        for (DataCheck.Entry entry : check.entries()) {
            ObjectNode file = files.addObject().put("file", entry.file()).put("format", entry.format());
            entry.user().ifPresent(user -> file.put("user", user));
            entry.label().ifPresent(label -> file.put("label", label));
            if (entry.decoded().isEmpty()) {
                file.put("kind", "refused").put("why", entry.refusal());
            } else if (entry.decoded().get() instanceof Decoded.Sound sound) {
                file.put("kind", "sound")
                        .put("rate", sound.sampleRateHz())
                        .put("channels", sound.channels())
                        .put("frames", sound.frames())
                        .put("cutOff", sound.cutOff())
                        .put("rms", sound.rms())
                        .put("peak", sound.peak());
            } else if (entry.decoded().get() instanceof Decoded.Picture picture) {
                file.put("kind", "picture").put("width", picture.width()).put("height", picture.height());
                picture.first().forEach(file.withArray("first")::add);
                picture.last().forEach(file.withArray("last")::add);
            }
        }
        ObjectNode summary = root.putObject("summary")
                .put("files", check.entries().size())
                .put("sounds", count(check, Decoded.Sound.class))
                .put("cutOff", cutOff(check))
                .put("pictures", count(check, Decoded.Picture.class))
                .put("refused", refused(check));
        ObjectNode users = summary.putObject("users");
        users(check).forEach((user, labels) -> labels.forEach(users.putObject(user)::put));
        check.problem().ifPresent(problem -> summary.put("problem", problem));
        return root;
    }

    private static long count(DataCheck check, Class<? extends Decoded> kind) {
        return check.entries().stream()
                .filter(entry -> entry.decoded().filter(kind::isInstance).isPresent())
                .count();
    }

    private static long cutOff(DataCheck check) {
        return check.entries().stream()
                .filter(entry -> entry.decoded().isPresent()
                        && entry.decoded().get() instanceof Decoded.Sound sound
                        && sound.cutOff())
                .count();
    }

    private static long refused(DataCheck check) {
        return check.entries().stream()
                .filter(entry -> entry.decoded().isEmpty())
                .count();
    }

    /** By user and label, how many recordings can be used. */
    private static Map<String, Map<String, Integer>> users(DataCheck check) {
        Map<String, Map<String, Integer>> users = new TreeMap<>();
        for (DataCheck.Entry entry : check.entries()) {
            if (entry.user().isPresent() && entry.decoded().isPresent()) {
                users.computeIfAbsent(entry.user().get(), user -> new TreeMap<>())
                        .merge(entry.label().orElse(""), 1, Integer::sum);
            }
        }
        return users;
    }
}
