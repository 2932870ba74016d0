package io.fineprune.agent.broker;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** Runs the embedded broker as a process of its own: for the command line, and as the child of {@link BrokerProcess}. */
public final class BrokerMain {
    /** Start of the line on standard output that says that the broker takes requests; its TCP port follows. */
    static final String READY = "fineprune-broker-ready ";

    private BrokerMain() {}

    /** Arguments: directory, port, pid of the process to end with, whether to delete the directory, then NAME=VALUE ... */
    public static void main(String[] arguments) {
        Map<String, String> properties = new HashMap<>();
        for (String property : List.of(arguments).subList(4, arguments.length)) {
            int equals = property.indexOf('=');
            properties.put(property.substring(0, equals), property.substring(equals + 1));
        }
        BrokerSettings settings = new BrokerSettings(
                Optional.of(Path.of(arguments[0])),
                Boolean.parseBoolean(arguments[3]),
                Integer.parseInt(arguments[1]),
                properties);
        run(settings, OptionalLong.of(Long.parseLong(arguments[2])));
    }

    /**
     * Serves until SIGTERM, or until another process ends.
     *
     * @param parent pid of that process
     */
    public static void run(BrokerSettings settings, OptionalLong parent) {
        EmbeddedBroker broker = EmbeddedBroker.start(settings);
        Runtime.getRuntime().addShutdownHook(new Thread(broker::close, "broker-stop"));
        parent.ifPresent(pid -> {
            Thread watch = new Thread(() -> exitWith(pid), "broker-parent-watch");
            watch.setDaemon(true);
            watch.start();
        });
        System.out.println(READY + broker.port());
        System.out.flush();
        broker.awaitShutdown();
    }

    private static void exitWith(long pid) {
        ProcessHandle.of(pid).ifPresent(parent -> parent.onExit().join());
        System.exit(0);
    }
}
