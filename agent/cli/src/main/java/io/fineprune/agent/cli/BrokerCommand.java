package io.fineprune.agent.cli;

import io.fineprune.agent.broker.BrokerMain;
import io.fineprune.agent.broker.BrokerSettings;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Runs the embedded broker until SIGTERM or until the process that started it ends. */
@Command(
        name = "broker",
        description = "Runs a broker of one node at 127.0.0.1, for trying out. Not for production.",
        mixinStandardHelpOptions = true)
final class BrokerCommand implements Callable<Integer> {
    @Option(names = "--data", paramLabel = "DIR", description = "Where it keeps its logs (default: a temporary one).")
    private @Nullable Path data;

    @Option(names = "--delete-at-end", description = "Delete the directory at the end.")
    private boolean deleteAtEnd;

    @Option(names = "--port", defaultValue = "0", description = "TCP port (default: any free one).")
    private int port;

    @Option(names = "--parent", paramLabel = "PID", description = "End when this process ends.")
    private @Nullable Long parent;

    @Option(names = "--property", paramLabel = "NAME=VALUE", description = "A broker property; may be repeated.")
    private Map<String, String> properties = new HashMap<>();

    @Override
    public Integer call() {
        BrokerMain.run(
                new BrokerSettings(Optional.ofNullable(data), deleteAtEnd, port, properties),
                parent == null ? OptionalLong.empty() : OptionalLong.of(parent));
        return 0;
    }
}
