package io.fineprune.schemas.serde;

/**
 * One user's copy of one model: the key of the stores and of topic pruning-masks.
 *
 * @param user 1 to 128 bytes of UTF-8
 * @param model 1 to 64 bytes of UTF-8
 * @see UserModelKeySerde
 */
public record UserModelKey(String user, String model) implements Comparable<UserModelKey> {
    /**
     * Checks both names.
     *
     * @throws MalformedMessageException if a part breaks its bound
     */
    public UserModelKey {
        Check.text("user_model_key.user", user, 1, Identifiers.MAX_USER_BYTES);
        Check.text("user_model_key.model", model, 1, Identifiers.MAX_MODEL_BYTES);
    }

    /**
     * Compares by user, then by model; this is not the order of the serialised keys, which puts shorter users first.
     */
    @Override
    public int compareTo(UserModelKey other) {
        int byUser = user.compareTo(other.user);
        return byUser != 0 ? byUser : model.compareTo(other.model);
    }
}
