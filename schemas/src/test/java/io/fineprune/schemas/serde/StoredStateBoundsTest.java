package io.fineprune.schemas.serde;

import static io.fineprune.schemas.serde.Samples.doubles;

import com.google.protobuf.ByteString;
import io.fineprune.schemas.v1.DuePruning;
import io.fineprune.schemas.v1.StoredLifecycle;
import io.fineprune.schemas.v1.StoredSums;
import io.fineprune.schemas.v1.WaitingRecord;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.function.Consumer;

/** Every bound of stored state, broken one by one. */
class StoredStateBoundsTest extends BoundsContract {
    static List<Case<?>> cases() {
        Cases cases = new Cases();
        sums(cases);
        lifecycles(cases);
        standings(cases);
        prunings(cases);
        return cases.list();
    }

    private static void sum(Cases cases, Consumer<StoredSums.Builder> change, String error) {
        cases.when(Samples.sums(), MessageSerdes.storedSums(), StoredSums.Builder.class, change, error);
    }

    private static void sums(Cases cases) {
        String field = " in field stored_sums.";
        sum(
                cases,
                b -> b.setModelFingerprint(zeros(33)),
                "Expected exactly 32 bytes" + field + "model_fingerprint, but was 33");
        sum(cases, b -> b.setEvents(-1), "Expected at least 0" + field + "events, but was -1");
        sum(cases, b -> b.setFirstEventMillis(-1), "Expected at least 0" + field + "first_event_millis, but was -1");
        sum(cases, b -> b.setLastEventMillis(-1), "Expected at least 0" + field + "last_event_millis, but was -1");
        sum(cases, b -> b.setAbsolute(zeros(23)), "Expected a multiple of 8 bytes" + field + "absolute, but was 23");
        sum(
                cases,
                b -> b.setAbsolute(doubles(1, -2, 3)),
                "Expected numbers of at least 0.0" + field + "absolute, but was -2.0 at index 1");
        sum(cases, b -> b.setLinear(doubles(1, 2, 3, 4)), "Expected at most 24 bytes" + field + "linear, but was 32");
        sum(cases, b -> b.setLinear(zeros(23)), "Expected a multiple of 8 bytes" + field + "linear, but was 23");
        sum(
                cases,
                b -> b.setLinear(doublesAt(1, Double.NaN)),
                "Expected finite numbers" + field + "linear, but was NaN at index 1");
        sum(
                cases,
                b -> b.setSquared(doubles(1, 2, 3, 4)),
                "Expected exactly 24 bytes (as many as absolute)" + field + "squared, but was 32");
        sum(
                cases,
                b -> b.setSquared(doublesAt(2, Double.POSITIVE_INFINITY)),
                "Expected finite numbers" + field + "squared, but was Infinity at index 2");
        sum(cases, b -> b.setPosterior(zeros(9)), "Expected a multiple of 8 bytes" + field + "posterior, but was 9");
        sum(
                cases,
                b -> b.setPosterior(doubles(-1)),
                "Expected numbers of at least 0.0" + field + "posterior, but was -1.0 at index 0");
        sum(
                cases,
                b -> b.getPreviousBuilder().setPrevious(Samples.sums()),
                "Expected 0 to 0" + field + "previous.previous, but was 1");
        sum(
                cases,
                b -> b.getPreviousBuilder().clearSquared(),
                "Expected exactly 8 bytes (as many as absolute)" + field + "squared, but was 0");
    }

    private static void lifecycle(Cases cases, Consumer<StoredLifecycle.Builder> change, String error) {
        cases.when(Samples.lifecycle(), MessageSerdes.storedLifecycle(), StoredLifecycle.Builder.class, change, error);
    }

    private static void lifecycles(Cases cases) {
        String field = " in field stored_lifecycle.";
        lifecycle(cases, b -> b.setVersion(-1), "Expected at least 0" + field + "version, but was -1");
        lifecycle(cases, b -> b.setMaskChunks(4097), "Expected 0 to 4096" + field + "mask_chunks, but was 4097");
        lifecycle(
                cases,
                b -> b.getPreviousBuilder().setPrunings(-1),
                "Expected at least 0" + field + "previous.prunings, but was -1");
        lifecycle(
                cases,
                b -> b.getSettingsBuilder().setSparsity(1),
                "Expected 0 to 0.99" + field + "settings.sparsity, but was 1.0");
        lifecycle(
                cases,
                b -> b.setEventsAtLastPruning(-1),
                "Expected at least 0" + field + "events_at_last_pruning, but was -1");
        lifecycle(cases, b -> b.setPrunings(-1), "Expected at least 0" + field + "prunings, but was -1");
        lifecycle(
                cases,
                b -> b.setWaitingSinceMillis(-1),
                "Expected at least 0" + field + "waiting_since_millis, but was -1");
        lifecycle(
                cases,
                b -> {
                    for (int i = 0; i < 31; i++) {
                        b.addCommandIds("c");
                    }
                },
                "Expected at most 32 names" + field + "command_ids, but was 33");
        lifecycle(cases, b -> b.setCommandIds(1, ""), "Expected 1 to 64 bytes" + field + "command_ids[1], but was 0");
    }

    private static void standings(Cases cases) {
        String field = " in field stored_lifecycle.standing.";
        lifecycle(
                cases, b -> b.getStandingBuilder().setRounds(-1), "Expected at least 0" + field + "rounds, but was -1");
        lifecycle(
                cases,
                b -> b.getStandingBuilder().getSparsityBuilder().setNodes(2),
                "Expected 0 to 1" + field + "sparsity.nodes, but was 2.0");
        lifecycle(
                cases,
                b -> b.getStandingBuilder().setReason("r".repeat(1025)),
                "Expected at most 1024 bytes" + field + "reason, but was 1025");
        lifecycle(
                cases,
                b -> b.setOrigins(0, b.getOrigins(0).toBuilder().clearField()),
                "Expected 1 to 64 bytes in field stored_lifecycle.origins.field, but was 0");
        cases.when(
                Samples.waiting(),
                MessageSerdes.waitingRecord(),
                WaitingRecord.Builder.class,
                b -> b.clearCommand().clearEvent(),
                "Expected a value in field waiting_record.command, but it was absent");
    }

    private static void pruning(Cases cases, Consumer<DuePruning.Builder> change, String error) {
        cases.when(Samples.due(), MessageSerdes.duePruning(), DuePruning.Builder.class, change, error);
    }

    private static void prunings(Cases cases) {
        String field = " in field due_pruning.";
        pruning(cases, DuePruning.Builder::clearSums, "Expected a value" + field + "sums, but it was absent");
        pruning(cases, b -> b.getSumsBuilder().setEvents(0), "Expected at least 1" + field + "sums.events, but was 0");
        pruning(
                cases,
                b -> b.getSumsBuilder().setPosterior(zeros(9)),
                "Expected a multiple of 8 bytes in field stored_sums.posterior, but was 9");
        pruning(
                cases,
                b -> b.getCommandBuilder().clearCommandId(),
                "Expected 1 to 64 bytes in field prune_command.command_id, but was 0");
        pruning(
                cases,
                b -> b.getSettingsOfAllBuilder().setSparsity(1),
                "Expected 0 to 0.99" + field + "settings_of_all.sparsity, but was 1.0");
        pruning(
                cases,
                b -> b.getSettingsOfModelBuilder().setSparsity(1),
                "Expected 0 to 0.99" + field + "settings_of_model.sparsity, but was 1.0");
    }

    private static ByteString zeros(int size) {
        return ByteString.copyFrom(new byte[size]);
    }

    private static ByteString doublesAt(int index, double value) {
        ByteBuffer buffer = ByteBuffer.allocate(24).order(ByteOrder.LITTLE_ENDIAN);
        buffer.putDouble(8 * index, value);
        return ByteString.copyFrom(buffer.array());
    }
}
