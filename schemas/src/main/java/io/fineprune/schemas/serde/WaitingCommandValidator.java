package io.fineprune.schemas.serde;

import io.fineprune.schemas.v1.WaitingCommand;

/** Bounds of {@link WaitingCommand}. */
final class WaitingCommandValidator implements Validator<WaitingCommand> {
    private final PruneCommandValidator command = new PruneCommandValidator();

    @Override
    public void validate(WaitingCommand waiting) {
        Check.present("waiting_command.command", waiting.hasCommand());
        command.validate(waiting.getCommand());
        Check.atLeast("waiting_command.timestamp_millis", waiting.getTimestampMillis(), 0);
    }
}
