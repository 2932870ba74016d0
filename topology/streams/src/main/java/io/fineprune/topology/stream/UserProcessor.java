package io.fineprune.topology.stream;

import java.util.Optional;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;

/** Node of the topology that owns users: opens a {@link UserTask} when its partition is assigned, and closes it when it leaves. */
final class UserProcessor implements Processor<byte[], UserRecord, byte[], byte[]> {
    private final UserTask.Shared shared;
    private Optional<UserTask> task = Optional.empty();

    UserProcessor(UserTask.Shared shared) {
        this.shared = shared;
    }

    /** May be called again on the same object after a failure: nothing on the heap survives it. */
    @Override
    public void init(ProcessorContext<byte[], byte[]> context) {
        close();
        task = Optional.of(new UserTask(shared, context));
    }

    @Override
    public void process(Record<byte[], UserRecord> record) {
        task.orElseThrow().process(record);
    }

    @Override
    public void close() {
        task.ifPresent(UserTask::close);
        task = Optional.empty();
    }
}
