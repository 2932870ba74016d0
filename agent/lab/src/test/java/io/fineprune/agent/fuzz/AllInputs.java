package io.fineprune.agent.fuzz;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The other targets in one. */
final class AllInputs implements FuzzTarget.Input {
    private final List<FuzzTarget.Input> inputs = Arrays.stream(FuzzTarget.values())
            .filter(target -> target != FuzzTarget.ALL)
            .map(FuzzTarget::input)
            .toList();

    @Override
    public void take(byte[] bytes) throws Exception {
        if (bytes.length > 0) {
            inputs.get(Math.floorMod(bytes[0], inputs.size())).take(Bytes.from(bytes, 1));
        }
    }

    @Override
    public List<byte[]> seeds() {
        List<byte[]> seeds = new ArrayList<>();
        for (int i = 0; i < inputs.size(); i++) {
            for (byte[] seed : inputs.get(i).seeds()) {
                seeds.add(Bytes.of(i, seed));
            }
        }
        return seeds;
    }
}
