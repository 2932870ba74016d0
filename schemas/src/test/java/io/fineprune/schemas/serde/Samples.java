package io.fineprune.schemas.serde;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import io.fineprune.schemas.v1.AccuracyEstimate;
import io.fineprune.schemas.v1.AcknowledgementStatus;
import io.fineprune.schemas.v1.AudioClip;
import io.fineprune.schemas.v1.AudioEncoding;
import io.fineprune.schemas.v1.ChunkList;
import io.fineprune.schemas.v1.CommandAction;
import io.fineprune.schemas.v1.Criterion;
import io.fineprune.schemas.v1.DuePruning;
import io.fineprune.schemas.v1.Evidence;
import io.fineprune.schemas.v1.FeatureTensor;
import io.fineprune.schemas.v1.FeedbackLabel;
import io.fineprune.schemas.v1.GainEstimate;
import io.fineprune.schemas.v1.Granularity;
import io.fineprune.schemas.v1.ImageEncoding;
import io.fineprune.schemas.v1.ImageFrame;
import io.fineprune.schemas.v1.InputRepair;
import io.fineprune.schemas.v1.LayerRepair;
import io.fineprune.schemas.v1.MaskAcknowledgement;
import io.fineprune.schemas.v1.MaskChunk;
import io.fineprune.schemas.v1.MaskUpdate;
import io.fineprune.schemas.v1.PruneCommand;
import io.fineprune.schemas.v1.PruningOutcome;
import io.fineprune.schemas.v1.PruningReport;
import io.fineprune.schemas.v1.PruningSettings;
import io.fineprune.schemas.v1.PublishedFor;
import io.fineprune.schemas.v1.ReasonCode;
import io.fineprune.schemas.v1.Scope;
import io.fineprune.schemas.v1.SensorEvent;
import io.fineprune.schemas.v1.SettingOrigin;
import io.fineprune.schemas.v1.Sparsity;
import io.fineprune.schemas.v1.StoredAnswers;
import io.fineprune.schemas.v1.StoredDrift;
import io.fineprune.schemas.v1.StoredLifecycle;
import io.fineprune.schemas.v1.StoredRounds;
import io.fineprune.schemas.v1.StoredStanding;
import io.fineprune.schemas.v1.StoredSums;
import io.fineprune.schemas.v1.Trigger;
import io.fineprune.schemas.v1.UpdateKind;
import io.fineprune.schemas.v1.WaitingRecord;
import java.util.BitSet;
import java.util.List;

/** One valid message of each kind, every field set, and the serde of each. */
public final class Samples {
    static final long MILLIS = 1_760_000_000_000L;

    private Samples() {}

    /** A message with its serde. */
    public record Sample<T extends Message>(T message, MessageSerde<T> serde) {
        @Override
        public String toString() {
            return message.getDescriptorForType().getName();
        }

        public byte[] bytes() {
            return serde.toBytes(message);
        }
    }

    public static List<Sample<?>> all() {
        return List.of(
                new Sample<>(audioEvent(), MessageSerdes.sensorEvent()),
                new Sample<>(imageEvent(), MessageSerdes.sensorEvent()),
                new Sample<>(featureEvent(), MessageSerdes.sensorEvent()),
                new Sample<>(command(), MessageSerdes.pruneCommand()),
                new Sample<>(mask(), MessageSerdes.maskUpdate()),
                new Sample<>(chunked(), MessageSerdes.maskUpdate()),
                new Sample<>(chunk(), MessageSerdes.maskChunk()),
                new Sample<>(report(), MessageSerdes.pruningReport()),
                new Sample<>(acknowledgement(), MessageSerdes.maskAcknowledgement()),
                new Sample<>(label(), MessageSerdes.feedbackLabel()),
                new Sample<>(sums(), MessageSerdes.storedSums()),
                new Sample<>(lifecycle(), MessageSerdes.storedLifecycle()),
                new Sample<>(due(), MessageSerdes.duePruning()),
                new Sample<>(waiting(), MessageSerdes.waitingRecord()));
    }

    static SensorEvent audioEvent() {
        return event().setAudio(AudioClip.newBuilder()
                        .setSampleRateHz(8000)
                        .setEncoding(AudioEncoding.AUDIO_ENCODING_PCM_S16LE)
                        .setData(ByteString.copyFrom(new byte[] {1, 2, 3, 4})))
                .build();
    }

    static SensorEvent imageEvent() {
        return event().setImage(ImageFrame.newBuilder()
                        .setWidth(2)
                        .setHeight(3)
                        .setChannels(1)
                        .setEncoding(ImageEncoding.IMAGE_ENCODING_RAW_U8)
                        .setData(ByteString.copyFrom(new byte[6])))
                .build();
    }

    static SensorEvent featureEvent() {
        return event().setFeatures(FeatureTensor.newBuilder()
                        .addShape(2)
                        .addShape(3)
                        .setValues(LittleEndian.fromFloats("values", new float[] {0, 1, -2, 3, 4.5f, 1e30f})))
                .build();
    }

    private static SensorEvent.Builder event() {
        return SensorEvent.newBuilder()
                .setEventId("event-1")
                .setDeviceId("kitchen")
                .setUserId("zoë")
                .setModelId("digits")
                .setCapturedAtMillis(MILLIS);
    }

    static PruneCommand command() {
        return PruneCommand.newBuilder()
                .setCommandId("command-1")
                .setUserId("zoë")
                .setModelId("digits")
                .setAction(CommandAction.COMMAND_ACTION_REPRUNE)
                .setSettings(settings())
                .addUnset("criterion")
                .setRequestedBy("operator")
                .setRequestedAtMillis(MILLIS)
                .build();
    }

    static PruningSettings settings() {
        return PruningSettings.newBuilder()
                .setSparsity(0.5)
                .setCriterion(Criterion.CRITERION_ACTIVATION)
                .setGranularity(Granularity.GRANULARITY_NODE)
                .setScope(Scope.SCOPE_LAYER)
                .setBudgetEvents(200)
                .setBudgetMillis(60_000)
                .build();
    }

    public static MaskUpdate mask() {
        BitSet kept = new BitSet();
        kept.set(0);
        kept.set(9);
        return MaskChecksum.seal(MaskUpdate.newBuilder()
                .setUserId("zoë")
                .setModelId("digits")
                .setModelFingerprint(ByteString.copyFrom(new byte[32]))
                .setVersion(7)
                .setParentVersion(6)
                .setCriterion(Criterion.CRITERION_FLUCTUATION)
                .setGranularity(Granularity.GRANULARITY_NODE)
                .setScope(Scope.SCOPE_GLOBAL)
                .addLayers(MaskBits.toLayerMask("conv1", kept, 10))
                .addLayers(MaskBits.toLayerMask("conv2", new BitSet(), 8))
                .setSparsity(sparsity())
                .setEvidence(evidence())
                .setTrigger(Trigger.TRIGGER_BUDGET_EVENTS)
                .setKind(UpdateKind.UPDATE_KIND_REFIT)
                .setExpiresAtMillis(MILLIS + 2)
                .addRepairs(LayerRepair.newBuilder()
                        .setLayer("conv1")
                        .setWeights(ByteString.copyFrom(new byte[6]))
                        .setBiases(ByteString.copyFrom(new byte[4])))
                .setInput(InputRepair.newBuilder()
                        .setScales(ByteString.copyFrom(new byte[8]))
                        .setShifts(ByteString.copyFrom(new byte[8])))
                .build());
    }

    static MaskUpdate chunked() {
        return MaskChecksum.seal(mask().toBuilder()
                .clearLayers()
                .clearRepairs()
                .clearInput()
                .setChunks(ChunkList.newBuilder().setCount(2).setBytes(5).setSha256(ByteString.copyFrom(new byte[32])))
                .build());
    }

    static MaskChunk chunk() {
        return MaskChunk.newBuilder()
                .setVersion(7)
                .setData(ByteString.copyFrom(new byte[] {1, 2, 3}))
                .build();
    }

    static Sparsity sparsity() {
        return Sparsity.newBuilder().setNodes(0.5).setWeights(0.75).setMacs(1).build();
    }

    static Evidence evidence() {
        return Evidence.newBuilder()
                .setEventsSeen(200)
                .setFirstEventMillis(MILLIS)
                .setLastEventMillis(MILLIS + 1)
                .setEstimatedAccuracy(AccuracyEstimate.newBuilder()
                        .setValue(0.9)
                        .setLower(0.8)
                        .setUpper(0.95))
                .build();
    }

    static PruningReport report() {
        return PruningReport.newBuilder()
                .setUserId("zoë")
                .setModelId("digits")
                .setTrigger(Trigger.TRIGGER_COMMAND)
                .setOutcome(PruningOutcome.PRUNING_OUTCOME_PUBLISHED)
                .setReason("why")
                .setVersion(7)
                .setSparsity(sparsity())
                .setEvidence(evidence())
                .setCommandId("command-1")
                .setRequestedBy("operator")
                .setDecidedAtMillis(MILLIS)
                .setPruningMicros(5)
                .setUpdateBytes(300)
                .setContentVersion(5)
                .setPublishedFor(PublishedFor.PUBLISHED_FOR_GAIN)
                .setProbability(0.95)
                .setReasonCode(ReasonCode.REASON_CODE_GAIN_UNSURE)
                .setExpectedGain(GainEstimate.newBuilder().setValue(0.1).setLeast(-0.05))
                .build();
    }

    static MaskAcknowledgement acknowledgement() {
        return MaskAcknowledgement.newBuilder()
                .setUserId("zoë")
                .setDeviceId("kitchen")
                .setModelId("digits")
                .setVersion(7)
                .setStatus(AcknowledgementStatus.ACKNOWLEDGEMENT_STATUS_REFUSED)
                .setReason("older than the version that runs")
                .setAppliedAtMillis(MILLIS)
                .setSwapMicros(1)
                .setLongestGapMicros(2)
                .setMissedInferences(3)
                .setRunningVersion(6)
                .build();
    }

    static FeedbackLabel label() {
        return FeedbackLabel.newBuilder()
                .setUserId("zoë")
                .setModelId("digits")
                .setEventId("event-1")
                .setLabel("three")
                .setPredicted("seven")
                .setMaskVersion(7)
                .setLabeledAtMillis(MILLIS)
                .build();
    }

    static StoredSums sums() {
        return StoredSums.newBuilder()
                .setModelFingerprint(ByteString.copyFrom(new byte[32]))
                .setEvents(200)
                .setFirstEventMillis(MILLIS)
                .setLastEventMillis(MILLIS + 1)
                .setAbsolute(doubles(1, 2, 3))
                .setLinear(doubles(-1, 2, -3))
                .setSquared(doubles(1, 4, 9))
                .setPosterior(doubles(0.25, 0.75))
                .setDriftBlock(LittleEndian.fromFloats("floats", new float[] {1, 2, 3}))
                .setDriftReference(LittleEndian.fromFloats("floats", new float[] {1, 2, 3}))
                .setDrift(StoredDrift.newBuilder()
                        .setBlockEvents(7)
                        .setReferenceEvents(200)
                        .setNoise(0.5)
                        .setNoiseBlocks(3))
                .setAnswers(StoredAnswers.newBuilder()
                        .addBefore(150)
                        .addBefore(20)
                        .addBlock(7)
                        .addBlock(23)
                        .setWatching(true))
                .setPrevious(StoredSums.newBuilder()
                        .setModelFingerprint(ByteString.copyFrom(new byte[32]))
                        .setEvents(100)
                        .setAbsolute(doubles(1))
                        .setSquared(doubles(1)))
                .build();
    }

    static StoredLifecycle lifecycle() {
        return StoredLifecycle.newBuilder()
                .setVersion(7)
                .setSettings(settings())
                .setPaused(true)
                .setEventsAtLastPruning(200)
                .setPrunings(7)
                .setWaitingSinceMillis(MILLIS)
                .addCommandIds("command-1")
                .addCommandIds("command-2")
                .setRoundsEnded(true)
                .setPinned(true)
                .addFailedDevices(7)
                .setContentVersion(5)
                .setDrifted(true)
                .setDriftedAtMillis(MILLIS)
                .setForgotten(true)
                .setLastSeenMillis(MILLIS)
                .setMaskChunks(4)
                .addMetClasses(2)
                .addMetClasses(9)
                .setRoundDueAtEvents(300)
                .setRoundTrigger(Trigger.TRIGGER_LATER_CLASSES)
                .setPrevious(StoredRounds.newBuilder()
                        .setEventsAtLastPruning(150)
                        .setPrunings(3)
                        .setWaitingSinceMillis(MILLIS)
                        .setRoundsEnded(true)
                        .setDrifted(true)
                        .setEstimatedAccuracy(evidence().getEstimatedAccuracy()))
                .setStanding(StoredStanding.newBuilder()
                        .setRounds(4)
                        .setPublishedAtMillis(MILLIS)
                        .setSparsity(report().getSparsity())
                        .setUpdateBytes(1234)
                        .setEventsSeen(200)
                        .setEstimatedAccuracy(evidence().getEstimatedAccuracy())
                        .setSourceAccuracy(evidence().getEstimatedAccuracy())
                        .setDecidedAtMillis(MILLIS)
                        .setOutcome(PruningOutcome.PRUNING_OUTCOME_HELD_BACK)
                        .setReasonCode(ReasonCode.REASON_CODE_GAIN_UNSURE)
                        .setReason("why")
                        .setAccuracyChange(0.1)
                        .setModelFingerprint(ByteString.copyFrom(new byte[8])))
                .addOrigins(SettingOrigin.newBuilder()
                        .setField("sparsity")
                        .setCommandId("command-1")
                        .setRequestedBy("operator")
                        .setRequestedAtMillis(MILLIS))
                .build();
    }

    static WaitingRecord waiting() {
        return WaitingRecord.newBuilder()
                .setCommand(command())
                .setSwept(true)
                .setEvent(ByteString.copyFrom(new byte[] {1}))
                .setKey(ByteString.copyFrom(new byte[] {2}))
                .setTimestampMillis(MILLIS)
                .build();
    }

    static DuePruning due() {
        return DuePruning.newBuilder()
                .setSums(sums())
                .setTrigger(Trigger.TRIGGER_COMMAND)
                .setTimestampMillis(MILLIS)
                .setCommand(command())
                .setSettingsOfAll(settings())
                .setSettingsOfModel(settings())
                .build();
    }

    static ByteString doubles(double... values) {
        return LittleEndian.fromDoubles("doubles", values);
    }
}
