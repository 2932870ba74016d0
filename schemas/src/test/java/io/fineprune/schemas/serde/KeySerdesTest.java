package io.fineprune.schemas.serde;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class KeySerdesTest {
    private final UserModelKeySerde serde = MessageSerdes.userModelKey();
    private final IdentifierSerde identifiers = MessageSerdes.identifier();

    @Test
    void shouldReturnTheSameKeyWhenBytesAreReadBack() {
        for (UserModelKey key : List.of(
                new UserModelKey("a", "b"),
                new UserModelKey("zoë", "digits"),
                new UserModelKey("u".repeat(128), "m".repeat(64)),
                new UserModelKey("nul\0", "\0"))) {
            byte[] bytes = serde.serializer().serialize("topic", key);

            assertThat(bytes).hasSizeLessThanOrEqualTo(UserModelKeySerde.MAX_BYTES);
            assertThat(serde.deserializer().deserialize("topic", bytes)).isEqualTo(key);
        }
    }

    @Test
    void shouldBeginWithTheUsersPrefixOnlyForThatUser() {
        byte[] prefix = serde.userPrefixSerializer().serialize("topic", "ab");

        assertThat(startsWith(new UserModelKey("ab", "m"), prefix)).isTrue();
        assertThat(startsWith(new UserModelKey("ab", "other"), prefix)).isTrue();
        assertThat(startsWith(new UserModelKey("abc", "m"), prefix)).isFalse();
        assertThat(startsWith(new UserModelKey("a", "bm"), prefix)).isFalse();
    }

    @Test
    void shouldNameThePartThatBreaksItsBound() {
        assertThatThrownBy(() -> new UserModelKey("", "m"))
                .isInstanceOf(MalformedMessageException.class)
                .hasMessage("Expected 1 to 128 bytes in field user_model_key.user, but was 0");
        assertThatThrownBy(() -> new UserModelKey("u", "m".repeat(65)))
                .isInstanceOf(MalformedMessageException.class)
                .hasMessage("Expected 1 to 64 bytes in field user_model_key.model, but was 65");
        assertThatThrownBy(() -> serde.deserializer().deserialize("topic", new byte[3]))
                .isInstanceOf(MalformedMessageException.class)
                .hasMessage("Expected 4 to 194 bytes in field user_model_key, but was 3");
        assertThatThrownBy(() -> serde.deserializer().deserialize("topic", new byte[] {0, 2, 'u', 'm'}))
                .isInstanceOf(MalformedMessageException.class)
                .hasMessage("Expected 1 to 1 as length in field user_model_key.user, but was 2");
        assertThatThrownBy(() -> serde.deserializer().deserialize("topic", new byte[] {0, 1, (byte) 0xff, 'm'}))
                .isInstanceOf(MalformedMessageException.class)
                .hasMessage("Expected UTF-8 in field user_model_key.user, but was something else");
    }

    @Test
    void shouldReturnTheSameIdentifierWhenBytesAreReadBack() {
        byte[] bytes = identifiers.serializer().serialize("topic", "zoë");

        assertThat(bytes).isEqualTo("zoë".getBytes(StandardCharsets.UTF_8));
        assertThat(identifiers.deserializer().deserialize("topic", bytes)).isEqualTo("zoë");
        assertThat(identifiers.serializer().serialize("topic", null)).isNull();
        assertThat(identifiers.deserializer().deserialize("topic", (byte[]) null))
                .isNull();
    }

    @Test
    void shouldRefuseIdentifiersThatBreakTheBound() {
        assertThatThrownBy(() -> identifiers.serializer().serialize("topic", ""))
                .isInstanceOf(MalformedMessageException.class)
                .hasMessage("Expected 1 to 128 bytes in field key, but was 0");
        assertThatThrownBy(() -> identifiers.deserializer().deserialize("topic", new byte[129]))
                .isInstanceOf(MalformedMessageException.class)
                .hasMessage("Expected 1 to 128 bytes in field key, but was 129");
        assertThatThrownBy(() -> identifiers.deserializer().deserialize("topic", new byte[] {(byte) 0xc0}))
                .isInstanceOf(MalformedMessageException.class)
                .hasMessage("Expected UTF-8 in field key, but was something else");
    }

    private boolean startsWith(UserModelKey key, byte[] prefix) {
        byte[] bytes = serde.serializer().serialize("topic", key);
        return Arrays.equals(Arrays.copyOf(bytes, prefix.length), prefix);
    }
}
