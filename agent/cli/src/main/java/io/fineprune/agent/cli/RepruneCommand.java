package io.fineprune.agent.cli;

import io.fineprune.schemas.v1.CommandAction;
import io.fineprune.schemas.v1.PruneCommand;
import java.time.Duration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
        name = "reprune",
        description = "Prunes from the sums that the agent keeps, now. With settings, those are in force from now on.")
final class RepruneCommand extends OperatorCommand {
    @Mixin
    private SettingsOptions settings = new SettingsOptions();

    RepruneCommand() {
        super(CommandAction.COMMAND_ACTION_REPRUNE);
    }

    /** Users are repaired one after another, and each takes seconds. */
    @Override
    Duration quiet() {
        return Duration.ofSeconds(20);
    }

    @Override
    void complete(PruneCommand.Builder command) {
        command.setSettings(settings.message()).addAllUnset(settings.unset());
    }
}
