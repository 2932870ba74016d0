package io.fineprune.agent.chaos;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/** Three brokers, each of which can be broken by itself. Nodes are numbered from 1. */
interface Cluster extends AutoCloseable {
    int NODES = 3;

    /** All three. */
    String bootstrapServers();

    /** SIGKILL. Returns when the broker is gone. */
    void kill(int node) throws IOException, InterruptedException;

    /** Stops a broker in an orderly way. */
    void stop(int node) throws IOException, InterruptedException;

    /** Starts a broker that was killed or stopped, on its port, over its data. */
    void start(int node) throws IOException, InterruptedException;

    /** Stands still, as a broker does whose machine or disk hangs, until {@link #resume}. */
    void pause(int node) throws IOException, InterruptedException;

    void resume(int node) throws IOException, InterruptedException;

    /** What the brokers are. */
    String description();

    @Override
    void close();

    /**
     * Containers where a Docker engine of this machine has the image, otherwise child processes;
     * {@code -Dchaos.brokers=containers} and {@code processes} leave no choice.
     */
    static Cluster start(Path directory) throws Exception {
        String asked = System.getProperty("chaos.brokers", "");
        Optional<String> missing =
                asked.equals("processes") ? Optional.of("processes were asked for") : ContainerCluster.missing();
        if (missing.isEmpty()) {
            return new ContainerCluster();
        }
        if (asked.equals("containers")) {
            throw new AssertionError(missing.get());
        }
        System.out.println("No brokers in containers: " + missing.get());
        return new ProcessCluster(directory);
    }
}
