package io.fineprune.topology.activation;

import java.util.List;

/**
 * Units that are scored against each other: the channels of layers that are tied together.
 *
 * @param name the name of the first layer
 * @param firstUnit the number of its first unit; the others follow
 * @param size its units
 * @param layers indices into {@link Architecture#layers()} of the layers whose nodes it removes
 */
public record UnitGroup(String name, int firstUnit, int size, List<Integer> layers) {
    public UnitGroup {
        layers = List.copyOf(layers);
    }
}
