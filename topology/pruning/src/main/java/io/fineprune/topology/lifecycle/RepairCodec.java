package io.fineprune.topology.lifecycle;

import com.google.protobuf.ByteString;
import io.fineprune.schemas.v1.InputRepair;
import io.fineprune.schemas.v1.MaskUpdate;
import io.fineprune.topology.activation.Architecture;
import io.fineprune.topology.activation.Layer;
import io.fineprune.topology.repair.Float16;
import io.fineprune.topology.repair.HomeostaticScaling;
import io.fineprune.topology.repair.InputScaling;
import io.fineprune.topology.repair.LayerParameters;
import io.fineprune.topology.repair.LayerRepair;
import io.fineprune.topology.repair.MaskedLayers;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/** Repairs as the messages carry them: only what the mask keeps. What is decoded has been checked against the architecture. */
public final class RepairCodec {
    private RepairCodec() {}

    /** Encodes an input scaling as the message's bytes. */
    public static InputRepair encode(InputScaling input) {
        HomeostaticScaling bands = input.bands();
        int[] all = IntStream.range(0, bands.scale().length).toArray();
        return InputRepair.newBuilder()
                .setScales(floats(bands.scale(), all))
                .setShifts(floats(bands.shift(), all))
                .build();
    }

    /**
     * An update's input repair, if it has one.
     *
     * @throws IllegalArgumentException if it holds other numbers than it should
     */
    public static Optional<InputScaling> input(MaskUpdate update) {
        if (!update.hasInput()) {
            return Optional.empty();
        }
        InputRepair input = update.getInput();
        int bands = input.getScales().size() / Float.BYTES;
        if (bands < 1 || input.getScales().size() % Float.BYTES != 0) {
            throw new IllegalArgumentException("Expected scales of bands of the input, but was %d bytes"
                    .formatted(input.getScales().size()));
        }
        return Optional.of(new InputScaling(new HomeostaticScaling(
                all("input", "scales", input.getScales(), bands), all("input", "shifts", input.getShifts(), bands))));
    }

    /** Encodes the repairs as messages, in the order of the layers. */
    public static List<io.fineprune.schemas.v1.LayerRepair> encode(
            Architecture architecture, MaskedLayers masked, Map<Integer, LayerRepair> repairs) {
        List<io.fineprune.schemas.v1.LayerRepair> messages = new ArrayList<>();
        for (int l = 0; l < architecture.layers().size(); l++) {
            LayerRepair repair = repairs.get(l);
            if (repair != null) {
                messages.add(encode(architecture.layers().get(l), l, masked, repair));
            }
        }
        return messages;
    }

    private static io.fineprune.schemas.v1.LayerRepair encode(
            Layer layer, int index, MaskedLayers masked, LayerRepair repair) {
        io.fineprune.schemas.v1.LayerRepair.Builder message =
                io.fineprune.schemas.v1.LayerRepair.newBuilder().setLayer(layer.name());
        int[] nodes = masked.nodes(index);
        if (repair instanceof LayerRepair.Scaled scaled) {
            return message.setScales(floats(scaled.scaling().scale(), nodes))
                    .setBiases(floats(scaled.scaling().shift(), nodes))
                    .build();
        }
        LayerParameters solved = ((LayerRepair.Solved) repair).parameters();
        int[] places = masked.weights(index);
        ByteBuffer halves = ByteBuffer.allocate(places.length * Short.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (int place : places) {
            halves.putShort(Float16.encode(solved.weights()[place]));
        }
        return message.setWeights(ByteString.copyFrom(halves.flip()))
                .setBiases(floats(solved.biases(), nodes))
                .build();
    }

    /**
     * Decodes repairs, by the layer's index.
     *
     * @throws IllegalArgumentException naming the layer whose repair does not fit the model and the mask
     */
    public static Map<Integer, LayerRepair> decode(
            Architecture architecture, MaskedLayers masked, Collection<io.fineprune.schemas.v1.LayerRepair> messages) {
        Map<String, Integer> indices = new HashMap<>();
        for (int l = 0; l < architecture.layers().size(); l++) {
            indices.put(architecture.layers().get(l).name(), l);
        }
        Map<Integer, LayerRepair> repairs = new HashMap<>();
        for (io.fineprune.schemas.v1.LayerRepair message : messages) {
            Integer index = indices.get(message.getLayer());
            if (index == null) {
                throw new IllegalArgumentException(
                        "Expected a repair of a layer of the model, but was of " + message.getLayer());
            }
            Layer layer = architecture.layers().get(index);
            if (repairs.put(index, decode(layer, index, masked, message)) != null) {
                throw new IllegalArgumentException(
                        "Expected one repair of layer %s, but was two".formatted(layer.name()));
            }
        }
        return repairs;
    }

    private static LayerRepair decode(
            Layer layer, int index, MaskedLayers masked, io.fineprune.schemas.v1.LayerRepair message) {
        int[] nodes = masked.nodes(index);
        float[] biases = spread(layer, "biases", message.getBiases(), nodes, 0);
        if (!message.getScales().isEmpty()) {
            return new LayerRepair.Scaled(
                    new HomeostaticScaling(spread(layer, "scales", message.getScales(), nodes, 1), biases));
        }
        int[] places = masked.weights(index);
        requireBytes("layer " + layer.name(), "weights", message.getWeights(), (long) places.length * Short.BYTES);
        ByteBuffer halves = message.getWeights().asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
        float[] weights = new float[layer.weights()];
        for (int place : places) {
            weights[place] = finite("layer " + layer.name(), Float16.decode(halves.getShort()));
        }
        return new LayerRepair.Solved(new LayerParameters(weights, biases));
    }

    private static ByteString floats(float[] values, int[] chosen) {
        ByteBuffer bytes = ByteBuffer.allocate(chosen.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (int index : chosen) {
            bytes.putFloat(values[index]);
        }
        return ByteString.copyFrom(bytes.flip());
    }

    private static float[] spread(Layer layer, String what, ByteString bytes, int[] nodes, float elsewhere) {
        float[] values = all("layer " + layer.name(), what, bytes, nodes.length);
        float[] spread = new float[layer.nodes()];
        Arrays.fill(spread, elsewhere);
        for (int i = 0; i < nodes.length; i++) {
            spread[nodes[i]] = values[i];
        }
        return spread;
    }

    private static float[] all(String where, String what, ByteString bytes, int count) {
        requireBytes(where, what, bytes, (long) count * Float.BYTES);
        ByteBuffer values = bytes.asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
        float[] all = new float[count];
        for (int i = 0; i < count; i++) {
            all[i] = finite(where, values.getFloat());
        }
        return all;
    }

    private static void requireBytes(String where, String what, ByteString bytes, long expected) {
        if (bytes.size() != expected) {
            throw new IllegalArgumentException("Expected %d bytes of %s in the repair of %s, but was %d"
                    .formatted(expected, what, where, bytes.size()));
        }
    }

    private static float finite(String where, float value) {
        if (!Float.isFinite(value)) {
            throw new IllegalArgumentException(
                    "Expected finite numbers in the repair of %s, but was %s".formatted(where, value));
        }
        return value;
    }
}
