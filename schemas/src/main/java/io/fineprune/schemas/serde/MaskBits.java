package io.fineprune.schemas.serde;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.fineprune.schemas.v1.LayerMask;
import java.util.Arrays;
import java.util.BitSet;

/**
 * A layer's mask as a {@link BitSet}: bit i set keeps node or weight i. On the wire bit i is bit (i mod 8), least
 * significant first, of byte (i div 8).
 */
public final class MaskBits {
    /** Most nodes or weights of one layer. */
    public static final int MAX_SIZE = 67_108_864;

    private static final String FIELD = "layer_mask";

    private MaskBits() {}

    /**
     * Encodes a layer's mask as a message.
     *
     * @param kept bits to keep, all below size
     * @param size nodes or weights of the layer
     * @throws MalformedMessageException if a bit is set beyond size, or a bound of the schema is broken
     */
    public static LayerMask toLayerMask(String layer, BitSet kept, int size) {
        Check.range(FIELD + ".size", size, 1, MAX_SIZE);
        if (kept.length() > size) {
            throw Check.expected("no bits beyond size " + size, FIELD + ".kept", "bit " + (kept.length() - 1));
        }
        byte[] bytes = Arrays.copyOf(kept.toByteArray(), byteCount(size));
        LayerMask mask = LayerMask.newBuilder()
                .setLayer(layer)
                .setSize(size)
                .setKept(UnsafeByteOperations.unsafeWrap(bytes))
                .build();
        check(FIELD, mask);
        return mask;
    }

    /**
     * Decodes a layer's mask; set bits are kept.
     *
     * @throws MalformedMessageException if a bound of the schema is broken
     */
    public static BitSet toBitSet(LayerMask mask) {
        check(FIELD, mask);
        return BitSet.valueOf(mask.getKept().asReadOnlyByteBuffer());
    }

    /** Counts the nodes or weights that are kept. */
    public static int count(LayerMask mask) {
        return toBitSet(mask).cardinality();
    }

    static void check(String field, LayerMask mask) {
        Check.text(field + ".layer", mask.getLayer(), 1, 512);
        int size = mask.getSize();
        Check.range(field + ".size", size, 1, MAX_SIZE);
        ByteString kept = mask.getKept();
        Check.exactBytes(field + ".kept", kept, byteCount(size), "size " + size);
        int used = size % 8;
        int last = kept.byteAt(kept.size() - 1) & 0xff;
        if (used != 0 && last >>> used != 0) {
            int highest = (kept.size() - 1) * 8 + 31 - Integer.numberOfLeadingZeros(last);
            throw Check.expected("no bits beyond size " + size, field + ".kept", "bit " + highest);
        }
    }

    private static int byteCount(int size) {
        return (size + 7) / 8;
    }
}
