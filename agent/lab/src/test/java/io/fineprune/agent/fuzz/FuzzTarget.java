package io.fineprune.agent.fuzz;

import java.util.List;
import java.util.Locale;

/** What is fuzzed. Each takes any bytes: what it throws, or does not hold, is a finding. */
enum FuzzTarget {
    MESSAGES,
    MASKS,
    SIGNALS,
    IMAGES,
    RECORDINGS,
    MODELS,
    /** All of the others, for a short run: the first byte says which takes the rest. */
    ALL;

    /** Decodes bytes of any kind. Its first byte says which decoder takes the rest. For one thread. */
    interface Input {
        /**
         * Returns if what came out keeps its bounds and encodes again, or was refused with the decoder's declared exception.
         *
         * @throws Exception anything else: a finding
         */
        void take(byte[] bytes) throws Exception;

        /** Sound inputs of every decoder, made by code. */
        List<byte[]> seeds();
    }

    Input input() {
        return switch (this) {
            case MESSAGES -> new MessageInput();
            case MASKS -> new MaskInput();
            case SIGNALS -> new SignalInput();
            case IMAGES -> new ImageInput();
            case RECORDINGS -> new RecordingsInput();
            case MODELS -> new ModelInput();
            case ALL -> new AllInputs();
        };
    }

    String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
