package io.fineprune.schemas.serde;

/** Bounds of the names that messages and keys share, in bytes of UTF-8; each is at least 1. */
final class Identifiers {
    static final int MAX_USER_BYTES = 128;
    static final int MAX_DEVICE_BYTES = 128;
    static final int MAX_MODEL_BYTES = 64;
    static final int MAX_EVENT_BYTES = 64;
    static final int MAX_COMMAND_BYTES = 64;
    static final int MAX_REQUESTER_BYTES = 128;
    static final int MAX_REASON_BYTES = 1024;
    static final int FINGERPRINT_BYTES = 32;

    private Identifiers() {}
}
