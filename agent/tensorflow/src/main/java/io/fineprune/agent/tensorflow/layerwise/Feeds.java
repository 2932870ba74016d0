package io.fineprune.agent.tensorflow.layerwise;

import java.util.ArrayList;
import java.util.List;
import org.tensorflow.Session;
import org.tensorflow.Tensor;

/** Tensors to feed into several runs; closing frees them. Not safe for several threads. */
final class Feeds implements AutoCloseable {
    private final List<String> names = new ArrayList<>();
    private final List<Tensor> tensors = new ArrayList<>();

    /** Takes a tensor over. */
    void add(String name, Tensor tensor) {
        names.add(name);
        tensors.add(tensor);
    }

    Session.Runner into(Session.Runner runner) {
        for (int i = 0; i < names.size(); i++) {
            runner.feed(names.get(i), tensors.get(i));
        }
        return runner;
    }

    @Override
    public void close() {
        tensors.forEach(Tensor::close);
    }
}
