package io.fineprune.schemas.serde;

import io.fineprune.schemas.v1.StoredInput;

/** Bounds of {@link StoredInput}. */
final class StoredInputValidator implements Validator<StoredInput> {
    @Override
    public void validate(StoredInput stored) {
        Check.present("stored_input.input", stored.getInputCase() != StoredInput.InputCase.INPUT_NOT_SET);
        if (stored.hasHalves()) {
            Check.bytes("stored_input.halves", stored.getHalves(), 2, MessageSerdes.MAX_SENSOR_EVENT_BYTES);
            Check.multipleOf("stored_input.halves", stored.getHalves(), 2);
        } else {
            Check.bytes("stored_input.encoded", stored.getEncoded(), 1, MessageSerdes.MAX_SENSOR_EVENT_BYTES);
        }
    }
}
