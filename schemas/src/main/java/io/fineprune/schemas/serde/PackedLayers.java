package io.fineprune.schemas.serde;

import com.google.protobuf.ByteString;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * The masks of all layers in few bytes, without names: the model knows them, in the order of its graph. Coded as bits or as gaps
 * between the rarer of them, whichever is smaller; {@code MaskUpdate.packed_layers} in the schema describes both.
 *
 * <p>There is no coding relative to the parent version: the topic is compacted, so that a device that starts finds no parent.
 */
public final class PackedLayers {
    private static final String FIELD = "mask_update.packed_layers";
    private static final int BITS = 0;
    private static final int GAPS = 1;
    private static final int MAX_RICE = 24;

    private PackedLayers() {}

    /** One layer: bit i of kept set keeps node or weight i of so many. */
    public record Layer(BitSet kept, int size) {
        public Layer {
            Check.range(FIELD + ".size", size, 1, MaskBits.MAX_SIZE);
            if (kept.length() > size) {
                throw Check.expected("no bits beyond size " + size, FIELD, "bit " + (kept.length() - 1));
            }
        }
    }

    /**
     * Packs the masks.
     *
     * @param layers 1 to 4096, in the order of the graph, together at most {@link MaskBits#MAX_SIZE}
     * @throws MalformedMessageException if a bound is broken
     */
    public static ByteString pack(List<Layer> layers) {
        BitSet all = new BitSet();
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        varint(head, layers.size());
        long total = 0;
        for (Layer layer : layers) {
            long offset = total;
            total += layer.size();
            Check.range(FIELD + ", nodes or weights", total, 1, MaskBits.MAX_SIZE);
            layer.kept().stream().forEach(bit -> all.set((int) offset + bit));
            varint(head, layer.size());
        }
        Check.range(FIELD + ", layers", layers.size(), 1, MaskUpdateValidator.MAX_LAYERS);
        byte[] bits = bits(all, (int) total);
        byte[] gaps = gaps(all, (int) total);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        byte[] body = gaps.length < bits.length ? gaps : bits;
        out.write(body == gaps ? GAPS : BITS);
        out.writeBytes(head.toByteArray());
        out.writeBytes(body);
        return ByteString.copyFrom(out.toByteArray());
    }

    /**
     * Unpacks the masks. Sizes are checked before memory of that size is allocated.
     *
     * @throws MalformedMessageException if the bytes are too few or too many, or break a bound
     */
    public static List<Layer> unpack(ByteString packed) {
        BitReader in = new BitReader(FIELD, packed);
        int coding = in.octet();
        int count = in.varint();
        Check.range(FIELD + ", layers", count, 1, MaskUpdateValidator.MAX_LAYERS);
        int[] sizes = new int[count];
        long total = 0;
        for (int l = 0; l < count; l++) {
            sizes[l] = in.varint();
            Check.range(FIELD + ".size", sizes[l], 1, MaskBits.MAX_SIZE);
            total += sizes[l];
        }
        Check.range(FIELD + ", nodes or weights", total, 1, MaskBits.MAX_SIZE);
        BitSet all = switch (coding) {
            case BITS -> readBits(in, (int) total);
            case GAPS -> readGaps(in, (int) total);
            default -> throw Check.expected("coding 0 or 1", FIELD, coding);
        };
        in.requireEnd();
        List<Layer> layers = new ArrayList<>(count);
        int from = 0;
        for (int size : sizes) {
            layers.add(new Layer(all.get(from, from + size), size));
            from += size;
        }
        return layers;
    }

    private static byte[] bits(BitSet all, int total) {
        return java.util.Arrays.copyOf(all.toByteArray(), (total + 7) / 8);
    }

    private static BitSet readBits(BitReader in, int total) {
        return BitSet.valueOf(in.octets((total + 7) / 8));
    }

    private static byte[] gaps(BitSet all, int total) {
        boolean rare = all.cardinality() <= total / 2;
        BitSet chosen = (BitSet) all.clone();
        if (!rare) {
            chosen.flip(0, total);
        }
        int count = chosen.cardinality();
        int k = count == 0 ? 0 : Math.min(MAX_RICE, Math.max(0, log2((double) total / count * Math.log(2))));
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(rare ? 1 : 0);
        out.write(k);
        varint(out, count);
        BitSet code = new BitSet();
        int length = 0;
        int previous = -1;
        for (int bit = chosen.nextSetBit(0); bit >= 0; bit = chosen.nextSetBit(bit + 1)) {
            int distance = bit - previous - 1;
            code.set(length, length + (distance >> k));
            length += (distance >> k) + 1;
            for (int i = 0; i < k; i++) {
                code.set(length++, ((distance >> i) & 1) != 0);
            }
            previous = bit;
        }
        out.writeBytes(bits(code, length));
        return out.toByteArray();
    }

    private static BitSet readGaps(BitReader in, int total) {
        int value = in.octet();
        int k = in.octet();
        int count = in.varint();
        Check.range(FIELD + ", rarer value", value, 0, 1);
        Check.range(FIELD + ", parameter", k, 0, MAX_RICE);
        Check.range(FIELD + ", occurrences", count, 0, total);
        BitSet bits = new BitSet(total);
        long position = -1;
        for (int i = 0; i < count; i++) {
            long distance = 0;
            while (in.bit()) {
                distance++;
            }
            distance <<= k;
            for (int b = 0; b < k; b++) {
                distance |= in.bit() ? 1L << b : 0;
            }
            position += distance + 1;
            if (position >= total) {
                throw Check.expected("places below " + total, FIELD, position);
            }
            bits.set((int) position);
        }
        if (value == 0) {
            bits.flip(0, total);
        }
        return bits;
    }

    private static int log2(double value) {
        return (int) Math.rint(Math.log(value) / Math.log(2));
    }

    private static void varint(ByteArrayOutputStream out, int value) {
        int rest = value;
        for (; rest >= 0x80; rest >>>= 7) {
            out.write((rest & 0x7f) | 0x80);
        }
        out.write(rest);
    }
}
