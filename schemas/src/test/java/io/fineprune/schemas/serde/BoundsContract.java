package io.fineprune.schemas.serde;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Message;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What holds for every broken bound, in both directions. A subclass has a static method cases(). */
abstract class BoundsContract {
    /** A message that breaks one bound, and what the error must say. */
    record Case<T extends Message>(T message, MessageSerde<T> serde, String error) {
        @Override
        public String toString() {
            return error;
        }
    }

    /** Collects cases that change one valid message. */
    static final class Cases {
        private final List<Case<?>> list = new ArrayList<>();

        @SuppressWarnings("unchecked") // a builder builds the message that it was made from
        <T extends Message, B extends Message.Builder> void when(
                T valid, MessageSerde<T> serde, Class<B> builder, Consumer<B> change, String error) {
            B changed = builder.cast(valid.toBuilder());
            change.accept(changed);
            list.add(new Case<>((T) changed.build(), serde, error));
        }

        List<Case<?>> list() {
            return list;
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    <T extends Message> void shouldNameFieldAndBoundWhenABoundIsBroken(Case<T> broken) {
        assertThatThrownBy(() -> broken.serde().serializer().serialize("topic", broken.message()))
                .isInstanceOf(MalformedMessageException.class)
                .hasMessage(broken.error());
        if (!broken.error().contains("surrogate")) { // which no bytes can hold
            byte[] bytes = broken.message().toByteArray();
            assertThatThrownBy(() -> broken.serde().deserializer().deserialize("topic", bytes))
                    .isInstanceOf(MalformedMessageException.class)
                    .hasMessage(broken.error());
        }
    }
}
