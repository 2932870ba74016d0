package io.fineprune.schemas.serde;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** Strict UTF-8: malformed text is refused rather than decoded with replacement characters. */
final class Utf8 {
    private Utf8() {}

    /**
     * Bytes that the text takes.
     *
     * @throws MalformedMessageException if the text holds half of a surrogate pair
     */
    static long length(String field, String text) {
        long bytes = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < 0x80) {
                bytes++;
            } else if (c < 0x800) {
                bytes += 2;
            } else if (!Character.isSurrogate(c)) {
                bytes += 3;
            } else if (Character.isHighSurrogate(c)
                    && i + 1 < text.length()
                    && Character.isLowSurrogate(text.charAt(i + 1))) {
                bytes += 4;
                i++;
            } else {
                throw Check.expected("UTF-8", field, "half a surrogate pair at index " + i);
            }
        }
        return bytes;
    }

    /** @throws MalformedMessageException if the bytes are not UTF-8 */
    static String decode(String field, byte[] bytes, int offset, int length) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes, offset, length))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new MalformedMessageException("Expected UTF-8 in field " + field + ", but was something else", e);
        }
    }
}
