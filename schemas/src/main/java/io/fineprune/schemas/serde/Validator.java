package io.fineprune.schemas.serde;

/**
 * Checks one message against the bounds that its schema states. Stateless and safe for any number of threads.
 *
 * @param <T> the message
 */
@FunctionalInterface
public interface Validator<T> {
    /**
     * Returns if the message keeps every bound.
     *
     * @throws MalformedMessageException naming the first field that breaks its bound
     */
    void validate(T message);
}
