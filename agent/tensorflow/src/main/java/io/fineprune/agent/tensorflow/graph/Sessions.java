package io.fineprune.agent.tensorflow.graph;

import java.util.function.Function;
import org.tensorflow.Graph;
import org.tensorflow.Session;
import org.tensorflow.proto.ConfigProto;
import org.tensorflow.proto.GraphDef;

/**
 * How sessions are opened everywhere in this program. TensorFlow keeps one pool of threads in a process, sized by the first
 * session, so all of them have to ask for the same.
 */
public final class Sessions {
    private static final ConfigProto CONFIG = ConfigProto.newBuilder()
            .setIntraOpParallelismThreads(1)
            .setInterOpParallelismThreads(1)
            .setAllowSoftPlacement(false)
            .build();

    private Sessions() {}

    /** One thread within and one between operations, so that sums are added in one order. */
    public static ConfigProto config() {
        return CONFIG;
    }

    /** Runs something in a session that is closed afterwards. */
    public static <T> T with(GraphDef definition, Function<Session, T> work) {
        try (Graph graph = new Graph()) {
            load(graph, definition);
            try (Session session = new Session(graph, CONFIG)) {
                return work.apply(session);
            }
        }
    }

    /**
     * Loads a graph.
     *
     * @throws InvalidModelException if TensorFlow refuses it
     */
    public static void load(Graph graph, GraphDef definition) {
        try {
            graph.importGraphDef(definition);
        } catch (RuntimeException e) {
            throw new InvalidModelException(
                    "Expected a graph that TensorFlow accepts, but it says: " + e.getMessage(), e);
        }
    }
}
