package io.fineprune.agent.cli;

import io.fineprune.schemas.v1.CommandAction;
import io.fineprune.schemas.v1.PruneCommand;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(name = "configure", description = "Changes settings for a user or all users, without pruning now.")
final class ConfigureCommand extends OperatorCommand {
    @Mixin
    private SettingsOptions settings = new SettingsOptions();

    ConfigureCommand() {
        super(CommandAction.COMMAND_ACTION_CONFIGURE);
    }

    @Override
    void complete(PruneCommand.Builder command) {
        command.setSettings(settings.message());
    }
}
