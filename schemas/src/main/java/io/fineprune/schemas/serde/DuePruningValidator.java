package io.fineprune.schemas.serde;

import io.fineprune.schemas.v1.DuePruning;

/** Bounds of {@link DuePruning}. */
final class DuePruningValidator implements Validator<DuePruning> {
    private final StoredSumsValidator sums = new StoredSumsValidator();
    private final PruneCommandValidator command = new PruneCommandValidator();

    @Override
    public void validate(DuePruning due) {
        Check.present("due_pruning.sums", due.hasSums());
        sums.validate(due.getSums());
        Check.atLeast("due_pruning.sums.events", due.getSums().getEvents(), 1);
        Check.specified("due_pruning.trigger", due.getTriggerValue(), due.getTrigger());
        Check.atLeast("due_pruning.timestamp_millis", due.getTimestampMillis(), 0);
        if (due.hasCommand()) {
            command.validate(due.getCommand());
        }
        if (due.hasSettingsOfAll()) {
            PruneCommandValidator.settings("due_pruning.settings_of_all", due.getSettingsOfAll());
        }
        if (due.hasSettingsOfModel()) {
            PruneCommandValidator.settings("due_pruning.settings_of_model", due.getSettingsOfModel());
        }
    }
}
