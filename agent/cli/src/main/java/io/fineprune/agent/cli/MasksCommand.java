package io.fineprune.agent.cli;

import io.fineprune.agent.config.Settings;
import io.fineprune.agent.runtime.FleetControl;
import io.fineprune.schemas.serde.MaskLayers;
import io.fineprune.schemas.serde.MessageSerdes;
import io.fineprune.schemas.serde.UserModelKey;
import io.fineprune.schemas.topic.Topics;
import io.fineprune.schemas.v1.AcknowledgementStatus;
import io.fineprune.schemas.v1.Granularity;
import io.fineprune.schemas.v1.MaskAcknowledgement;
import io.fineprune.schemas.v1.MaskUpdate;
import io.fineprune.schemas.v1.Sparsity;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "masks",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        description = "Shows the masks in force.")
final class MasksCommand {
    private static final int BAR = 20;

    @Command(
            name = "list",
            mixinStandardHelpOptions = true,
            description = {
                "One line for each user and model.",
                "The last column says how many of the user's devices that ever answered have applied the version."
            })
    int list(@Mixin ClusterOptions cluster) throws Exception {
        FleetControl control = control(cluster);
        SortedMap<UserModelKey, MaskUpdate> masks = control.masks();
        List<MaskAcknowledgement> answers = control.acknowledgements();
        System.out.printf(
                "%-24s %-20s %7s %8s %8s %8s %8s %8s%n",
                "user", "model", "version", "events", "nodes", "weights", "MACs", "applied");
        for (Map.Entry<UserModelKey, MaskUpdate> entry : masks.entrySet()) {
            MaskUpdate mask = entry.getValue();
            Sparsity removed = MaskLayers.sparsity(mask);
            System.out.printf(
                    "%-24s %-20s %7d %8d %8s %8s %8s %8s%n",
                    entry.getKey().user(),
                    entry.getKey().model(),
                    mask.getVersion(),
                    mask.getEvidence().getEventsSeen(),
                    Shares.percent(removed.getNodes()),
                    Shares.percent(removed.getWeights()),
                    Shares.percent(removed.getMacs()),
                    applied(mask, answers));
        }
        return ExitCode.OK;
    }

    /** How many of the user's devices that ever answered run this version. */
    private static String applied(MaskUpdate mask, List<MaskAcknowledgement> answers) {
        List<MaskAcknowledgement> own = answers.stream()
                .filter(answer -> answer.getUserId().equals(mask.getUserId())
                        && answer.getModelId().equals(mask.getModelId()))
                .toList();
        long applied = own.stream()
                .filter(answer -> answer.getVersion() == mask.getVersion()
                        && answer.getStatus() == AcknowledgementStatus.ACKNOWLEDGEMENT_STATUS_APPLIED)
                .count();
        return own.isEmpty() ? "-" : applied + " of " + own.size();
    }

    @Command(
            name = "show",
            mixinStandardHelpOptions = true,
            description = "Shows a user's masks in force, layer by layer.")
    int show(
            @Mixin ClusterOptions cluster,
            @Option(names = "--user", required = true, paramLabel = "ID", description = "The user.") String user,
            @Option(names = "--model", paramLabel = "ID", description = "One model (default: all).") @Nullable
                    String model)
            throws Exception {
        boolean found = false;
        FleetControl control = control(cluster);
        for (UserModelKey key : control.masks().keySet()) {
            if (key.user().equals(user) && (model == null || key.model().equals(model))) {
                control.mask(key).ifPresent(MasksCommand::print);
                found = true;
            }
        }
        if (!found) {
            throw new CommandFailedException(ExitCode.FAILURE, "There is no mask for user " + user);
        }
        return ExitCode.OK;
    }

    @Command(
            name = "save",
            mixinStandardHelpOptions = true,
            description = "Writes the mask in force to a file, as it is in the topic.")
    int save(
            @Mixin ClusterOptions cluster,
            @Option(names = "--user", required = true, paramLabel = "ID", description = "The user.") String user,
            @Option(names = "--model", required = true, paramLabel = "ID", description = "The model.") String model,
            @Option(names = "--to", required = true, paramLabel = "FILE", description = "The file.") Path file)
            throws Exception {
        MaskUpdate mask = control(cluster)
                .mask(new UserModelKey(user, model))
                .orElseThrow(() -> new CommandFailedException(
                        ExitCode.FAILURE, "There is no mask of model %s for user %s".formatted(model, user)));
        Files.write(file, MessageSerdes.joinedMaskUpdate().toBytes(mask));
        System.out.printf("version %d, %d bytes in %s%n", mask.getVersion(), Files.size(file), file);
        return ExitCode.OK;
    }

    private static FleetControl control(ClusterOptions cluster) throws Exception {
        return new FleetControl(Topics.standard(), cluster.load().kafka());
    }

    private static void print(MaskUpdate mask) {
        System.out.printf("user         %s%n", mask.getUserId());
        System.out.printf("model        %s%n", mask.getModelId());
        System.out.printf(
                "fingerprint  %s%n",
                HexFormat.of().formatHex(mask.getModelFingerprint().toByteArray()));
        System.out.printf("version      %d, follows %d%n", mask.getVersion(), mask.getParentVersion());
        System.out.printf(
                "criterion    %s, %ss, %s%n",
                Settings.CRITERIA.name(mask.getCriterion()),
                Settings.GRANULARITIES.name(mask.getGranularity()),
                Settings.SCOPES.name(mask.getScope()));
        System.out.printf("removed      %s%n", Shares.of(MaskLayers.sparsity(mask)));
        System.out.printf(
                "evidence     %d events, %s to %s%n",
                mask.getEvidence().getEventsSeen(),
                Instant.ofEpochMilli(mask.getEvidence().getFirstEventMillis()),
                Instant.ofEpochMilli(mask.getEvidence().getLastEventMillis()));
        System.out.printf(
                "checksum     %s%n", HexFormat.of().formatHex(mask.getChecksum().toByteArray()));
        System.out.printf("size         %d bytes%n", mask.getSerializedSize());
        String unit = mask.getGranularity() == Granularity.GRANULARITY_NODE ? "nodes" : "weights";
        int number = 0;
        for (MaskLayers.Named layer : MaskLayers.of(mask)) {
            number++;
            int kept = layer.mask().kept().cardinality();
            int size = layer.mask().size();
            int filled = (int) Math.round((double) BAR * kept / size);
            System.out.printf(
                    "  %s%s  %,d of %,d %s kept  %s%n",
                    "#".repeat(filled),
                    ".".repeat(BAR - filled),
                    kept,
                    size,
                    unit,
                    layer.name().orElse("layer " + number));
        }
    }
}
