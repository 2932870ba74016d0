package io.fineprune.agent.tensorflow.units;

import io.fineprune.topology.activation.UnitGroup;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Numbers the units of a model, group by group: layers that share a unit are in one group. */
final class UnitNumbering {
    private final Atoms atoms;
    private final Map<Integer, Integer> unitOfRoot = new HashMap<>();
    private final List<UnitGroup> groups = new ArrayList<>();

    private UnitNumbering(Atoms atoms) {
        this.atoms = atoms;
    }

    static UnitNumbering of(List<LayerNode> layers, ChannelFlow channels) {
        UnitNumbering numbering = new UnitNumbering(channels.atoms());
        int[] groupOfLayer = new int[layers.size()];
        Map<Integer, Integer> layerOfRoot = new HashMap<>();
        for (int i = 0; i < layers.size(); i++) {
            groupOfLayer[i] = i;
            for (int atom : channels.ofLayer(layers.get(i).name())) {
                int root = numbering.atoms.root(atom);
                if (numbering.atoms.pinned(atom).isEmpty()) {
                    int other = layerOfRoot.getOrDefault(root, i);
                    layerOfRoot.putIfAbsent(root, i);
                    merge(groupOfLayer, groupOfLayer[other], groupOfLayer[i], i);
                }
            }
        }
        Map<Integer, Set<Integer>> members = new LinkedHashMap<>();
        for (int i = 0; i < layers.size(); i++) {
            members.computeIfAbsent(groupOfLayer[i], key -> new LinkedHashSet<>())
                    .add(i);
        }
        int next = 0;
        for (Set<Integer> group : members.values()) {
            int first = next;
            for (int layer : group) {
                for (int atom : channels.ofLayer(layers.get(layer).name())) {
                    if (numbering.atoms.pinned(atom).isEmpty()
                            && numbering.unitOfRoot.putIfAbsent(numbering.atoms.root(atom), next) == null) {
                        next++;
                    }
                }
            }
            if (next > first) {
                int leader = group.iterator().next();
                numbering.groups.add(new UnitGroup(layers.get(leader).name(), first, next - first, List.copyOf(group)));
            }
        }
        return numbering;
    }

    private static void merge(int[] groups, int a, int b, int upTo) {
        int low = Math.min(a, b);
        int high = Math.max(a, b);
        if (low == high) {
            return;
        }
        for (int i = 0; i <= upTo; i++) {
            if (groups[i] == high) {
                groups[i] = low;
            }
        }
    }

    List<UnitGroup> groups() {
        return groups;
    }

    int[] units(int[] channels) {
        int[] units = new int[channels.length];
        for (int i = 0; i < units.length; i++) {
            units[i] =
                    atoms.pinned(channels[i]).isPresent() ? -1 : unitOfRoot.getOrDefault(atoms.root(channels[i]), -1);
        }
        return units;
    }

    /** Why none of a layer's nodes is ever removed; empty if some may be. */
    Optional<String> reason(int[] nodes) {
        for (int node : nodes) {
            if (atoms.pinned(node).isEmpty()) {
                return Optional.empty();
            }
        }
        return atoms.pinned(nodes[0]);
    }
}
