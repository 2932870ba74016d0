package io.fineprune.schemas.serde;

import io.fineprune.schemas.v1.WaitingRecord;

/** Bounds of {@link WaitingRecord}. */
final class WaitingRecordValidator implements Validator<WaitingRecord> {
    private final PruneCommandValidator command = new PruneCommandValidator();

    @Override
    public void validate(WaitingRecord waiting) {
        Check.present(
                "waiting_record.command",
                waiting.hasCommand() || !waiting.getEvent().isEmpty());
        if (waiting.hasCommand()) {
            command.validate(waiting.getCommand());
        }
        Check.atLeast("waiting_record.timestamp_millis", waiting.getTimestampMillis(), 0);
    }
}
