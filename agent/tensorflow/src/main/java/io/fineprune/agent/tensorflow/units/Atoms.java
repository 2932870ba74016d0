package io.fineprune.agent.tensorflow.units;

import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Channels of layers, joined where they have to be removed together (union-find). A pinned channel is never removed. */
final class Atoms {
    private int[] parents = new int[256];
    private @Nullable String[] reasons = new String[256];
    private int size;

    /** New channels, each by itself. */
    int[] create(int count) {
        int[] created = new int[count];
        while (size + count > parents.length) {
            parents = Arrays.copyOf(parents, 2 * parents.length);
            reasons = Arrays.copyOf(reasons, 2 * reasons.length);
        }
        for (int i = 0; i < count; i++) {
            parents[size] = size;
            created[i] = size++;
        }
        return created;
    }

    int[] createPinned(int count, String reason) {
        int[] created = create(count);
        pin(created, reason);
        return created;
    }

    int root(int atom) {
        int at = atom;
        while (parents[at] != at) {
            parents[at] = parents[parents[at]];
            at = parents[at];
        }
        return at;
    }

    void join(int a, int b) {
        int first = Math.min(root(a), root(b));
        int second = Math.max(root(a), root(b));
        if (first != second) {
            parents[second] = first;
            if (reasons[first] == null) {
                reasons[first] = reasons[second];
            }
        }
    }

    void join(int[] a, int[] b) {
        for (int i = 0; i < a.length; i++) {
            join(a[i], b[i]);
        }
    }

    /** Marks channels as never removed; the first reason stays. */
    void pin(int[] atoms, String reason) {
        for (int atom : atoms) {
            int root = root(atom);
            if (reasons[root] == null) {
                reasons[root] = reason;
            }
        }
    }

    Optional<String> pinned(int atom) {
        return Optional.ofNullable(reasons[root(atom)]);
    }
}
