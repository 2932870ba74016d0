package io.fineprune.agent.fuzz;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.fineprune.agent.device.DeviceMemory;
import io.fineprune.agent.keys.KeyFiles;
import io.fineprune.agent.update.MaskVerifier;
import io.fineprune.agent.update.Verdict;
import io.fineprune.schemas.serde.MalformedMessageException;
import io.fineprune.schemas.serde.MaskBits;
import io.fineprune.schemas.serde.MaskChecksum;
import io.fineprune.schemas.serde.MaskLayers;
import io.fineprune.schemas.serde.PackedLayers;
import io.fineprune.schemas.signature.Ed25519Signer;
import io.fineprune.schemas.signature.Sha256;
import io.fineprune.schemas.signature.TrustedKeys;
import io.fineprune.schemas.v1.Granularity;
import io.fineprune.schemas.v1.LayerRepair;
import io.fineprune.schemas.v1.MaskUpdate;
import io.fineprune.topology.activation.Architecture;
import io.fineprune.topology.activation.Layer;
import io.fineprune.topology.lifecycle.RepairCodec;
import io.fineprune.topology.repair.MaskedLayers;
import io.fineprune.topology.testing.WiredModel;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HexFormat;
import java.util.List;

/**
 * Packed masks, and whole updates as a device verifies them; checksum, user and model are put right before, so that more is
 * reached. And what else a device reads: trusted keys, and the files that it finds when it starts again.
 */
final class MaskInput implements FuzzTarget.Input {
    private static final String USER = "zoë";
    /** Of nobody: PKCS#8 around 32 zero bytes. */
    private static final byte[] PRIVATE_KEY =
            HexFormat.of().parseHex("302e020100300506032b657004220420" + "00".repeat(32));

    private final Architecture architecture = new WiredModel(1).architecture();
    private final MaskVerifier verifier = new MaskVerifier(USER, architecture);

    private final Folder folder = new Folder();

    @Override
    public void take(byte[] bytes) throws IOException {
        if (bytes.length < 1) {
            return;
        }
        byte[] content = Bytes.from(bytes, 1);
        switch (bytes[0] & 7) {
            case 0 -> unpack(content);
            case 1 -> verify(content, true);
            case 2 -> verify(content, false);
            case 3 -> restart("mask", content);
            case 4 -> restart("versions", content);
            case 5 -> keys(new String(content, UTF_8));
            default -> verify(content, true);
        }
    }

    /** A device that finds this in one of its files, with a digest that fits. */
    private void restart(String file, byte[] content) throws IOException {
        folder.clear();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(content);
        out.writeBytes(Sha256.of(content));
        folder.write(file, out.toByteArray());
        DeviceMemory.in(folder.path());
    }

    private static void keys(String pem) {
        TrustedKeys trusted;
        try {
            trusted = TrustedKeys.parse(pem);
        } catch (IllegalArgumentException e) {
            return;
        }
        Bytes.check(trusted.ids().size() <= TrustedKeys.MAX_KEYS, "at most so many keys");
    }

    private static void unpack(byte[] content) {
        List<PackedLayers.Layer> layers;
        try {
            layers = PackedLayers.unpack(ByteString.copyFrom(content));
        } catch (MalformedMessageException e) {
            return;
        }
        Bytes.check(PackedLayers.unpack(PackedLayers.pack(layers)).equals(layers), "the same masks again");
    }

    private void verify(byte[] content, boolean sound) {
        MaskUpdate update;
        try {
            update = MaskUpdate.parseFrom(content);
        } catch (InvalidProtocolBufferException e) {
            return;
        }
        if (sound) {
            update = sealed(update);
        }
        if (verifier.verify(update, 0) instanceof Verdict.Accepted accepted) {
            Bytes.check(sound || MaskChecksum.verify(update), "a refusal where the checksum is wrong");
            MaskedLayers masked =
                    new MaskedLayers(architecture, accepted.content().mask());
            List<LayerRepair> again =
                    RepairCodec.encode(architecture, masked, accepted.content().repairs());
            Bytes.check(
                    RepairCodec.encode(architecture, masked, RepairCodec.decode(architecture, masked, again))
                            .equals(again),
                    "the same repairs again");
        }
    }

    private MaskUpdate sealed(MaskUpdate update) {
        return MaskChecksum.seal(update.toBuilder()
                .setUserId(USER)
                .setModelId(architecture.modelId())
                .setModelFingerprint(ByteString.copyFrom(HexFormat.of().parseHex(architecture.fingerprint())))
                .build());
    }

    @Override
    public List<byte[]> seeds() {
        List<byte[]> seeds = new ArrayList<>();
        for (boolean nodes : new boolean[] {true, false}) {
            MaskUpdate.Builder update = MaskUpdate.newBuilder()
                    .setVersion(1)
                    .setGranularity(nodes ? Granularity.GRANULARITY_NODE : Granularity.GRANULARITY_WEIGHT);
            for (Layer layer : architecture.layers()) {
                int size = nodes ? layer.nodes() : layer.weights();
                BitSet kept = new BitSet();
                kept.set(0, size);
                update.addLayers(MaskBits.toLayerMask(layer.name(), kept, size));
            }
            Layer last = architecture.layers().get(architecture.layers().size() - 1);
            update.addRepairs(LayerRepair.newBuilder()
                    .setLayer(last.name())
                    .setWeights(ByteString.copyFrom(new byte[2 * last.weights()]))
                    .setBiases(ByteString.copyFrom(new byte[4 * last.nodes()])));
            MaskUpdate sound = sealed(update.build());
            seeds.add(Bytes.of(1, sound.toByteArray()));
            seeds.add(Bytes.of(2, sound.toByteArray()));
            MaskUpdate packed = MaskLayers.packed(sound);
            seeds.add(Bytes.of(1, packed.toByteArray()));
            seeds.add(Bytes.of(0, packed.getPackedLayers().toByteArray()));
        }
        seeds.add(Bytes.of(
                0,
                PackedLayers.pack(List.of(new PackedLayers.Layer(new BitSet(), 4000)))
                        .toByteArray()));
        seeds.add(Bytes.of(
                5, KeyFiles.publicPem(Ed25519Signer.of(PRIVATE_KEY).publicKey()).getBytes(UTF_8)));
        byte[] key = {4};
        byte[] length = {0, 0, 0, 1};
        byte[] yes = {1};
        byte[] no = {0};
        seeds.add(Bytes.of(3, yes, length, key, length, key, no));
        seeds.add(Bytes.of(
                3,
                yes,
                length,
                key,
                length,
                key,
                yes,
                new byte[] {0, 0, 0, 8},
                new byte[8],
                new byte[] {0, 0, 0, 64},
                new byte[64]));
        seeds.add(Bytes.of(4, new byte[16], new byte[] {0, 2, 'a', 'b'}));
        return seeds;
    }
}
