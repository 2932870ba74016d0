package io.fineprune.agent.broker;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * How to run a broker of one node.
 *
 * @param directory where it keeps its logs; a directory used before is continued. Empty: a temporary one
 * @param deleteAtEnd delete the directory when the broker stops; always so for a temporary one
 * @param port TCP port on 127.0.0.1; 0: any free one
 * @param properties broker properties that replace the defaults
 */
public record BrokerSettings(Optional<Path> directory, boolean deleteAtEnd, int port, Map<String, String> properties) {
    public BrokerSettings {
        if (port < 0 || port > 65_535) {
            throw new IllegalArgumentException("Expected a port of 0 to 65535, but was " + port);
        }
        deleteAtEnd |= directory.isEmpty();
        properties = Map.copyOf(properties);
    }

    /** Any free port, a temporary directory. */
    public static BrokerSettings temporary() {
        return new BrokerSettings(Optional.empty(), true, 0, Map.of());
    }

    /** Any free port, a directory that outlives the broker. */
    public static BrokerSettings in(Path directory) {
        return new BrokerSettings(Optional.of(directory), false, 0, Map.of());
    }

    /** The same on a given port, so that clients find a broker that was started again. */
    public BrokerSettings withPort(int newPort) {
        return new BrokerSettings(directory, deleteAtEnd, newPort, properties);
    }
}
