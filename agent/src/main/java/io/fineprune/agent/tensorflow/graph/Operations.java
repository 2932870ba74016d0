package io.fineprune.agent.tensorflow.graph;

import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.tensorflow.TensorFlow;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.OpDef;

/** What is known about TensorFlow's operations: which are taken, which only pass on, what their outputs are called. */
public final class Operations {
    private static final Map<String, OpDef> DEFINITIONS = TensorFlow.registeredOpList().getOpList().stream()
            .collect(Collectors.toUnmodifiableMap(OpDef::getName, op -> op));

    /** Operations whose output is their first input, when no gradient is taken. */
    public static final Set<String> IDENTITIES =
            Set.of("Identity", "StopGradient", "PreventGradient", "CheckNumerics", "Snapshot", "EnsureShape");

    /** Functions are expanded in place. */
    public static final Set<String> CALLS = Set.of("PartitionedCall", "StatefulPartitionedCall");

    /** Activation functions of one input; each works on every number by itself. */
    public static final Set<String> ACTIVATIONS =
            Set.of("Relu", "Relu6", "LeakyRelu", "Elu", "Selu", "Sigmoid", "Tanh", "Softplus", "Softsign", "Erf");

    /** Activation functions that are never negative. */
    public static final Set<String> NOT_NEGATIVE = Set.of("Relu", "Relu6", "Sigmoid", "Softplus", "Softmax");

    /** Other operations of one input that work on every number by itself. */
    public static final Set<String> UNARY = Set.of(
            "Abs",
            "Ceil",
            "Cos",
            "Exp",
            "Expm1",
            "Floor",
            "Inv",
            "Log",
            "Log1p",
            "Neg",
            "Reciprocal",
            "Rint",
            "Round",
            "Rsqrt",
            "Sign",
            "Sin",
            "Sqrt",
            "Square",
            "ClipByValue");

    /** Operations of two inputs that work on every pair of numbers by itself. */
    public static final Set<String> BINARY = Set.of(
            "Add",
            "AddV2",
            "Sub",
            "Mul",
            "RealDiv",
            "Div",
            "DivNoNan",
            "MulNoNan",
            "Maximum",
            "Minimum",
            "Pow",
            "SquaredDifference");

    public static final Set<String> REDUCTIONS = Set.of("Mean", "Sum", "Max", "Min", "Prod");

    public static final Set<String> BATCH_NORMS = Set.of("FusedBatchNorm", "FusedBatchNormV2", "FusedBatchNormV3");

    /** Reshapes that keep the order of numbers. */
    public static final Set<String> RESHAPES = Set.of("Reshape", "Squeeze", "ExpandDims");

    /** Layers with weights. */
    public static final Set<String> LAYERS = Set.of("Conv2D", "DepthwiseConv2dNative", "MatMul");

    /** Work on spatial dimensions only. */
    public static final Set<String> SPATIAL = Set.of(
            "MaxPool",
            "MaxPoolV2",
            "AvgPool",
            "Pad",
            "PadV2",
            "MirrorPad",
            "ResizeBilinear",
            "ResizeNearestNeighbor",
            "ResizeBicubic",
            "SpaceToBatchND",
            "BatchToSpaceND",
            "SpaceToBatch",
            "BatchToSpace");

    /** Random numbers, which are taken only where inference does not depend on them (dropout that keeps all). */
    public static final Set<String> RANDOM = Set.of("RandomUniform");

    /** Run as they are; channels that they read and write are not pruned. */
    private static final Set<String> OPAQUE = Set.of(
            "Add",
            "AddN",
            "All",
            "Any",
            "ArgMax",
            "ArgMin",
            "AudioSpectrogram",
            "BatchMatMul",
            "BatchMatMulV2",
            "BroadcastTo",
            "Cast",
            "Concat",
            "ConcatV2",
            "Const",
            "Conv1D",
            "Conv3D",
            "Cumsum",
            "DecodeWav",
            "DepthToSpace",
            "Einsum",
            "Equal",
            "Fill",
            "FloorDiv",
            "FloorMod",
            "Gather",
            "GatherV2",
            "Greater",
            "GreaterEqual",
            "Identity",
            "IdentityN",
            "L2Loss",
            "LRN",
            "Less",
            "LessEqual",
            "LogSoftmax",
            "LogicalAnd",
            "LogicalNot",
            "LogicalOr",
            "MatrixDiag",
            "Mfcc",
            "Mod",
            "NotEqual",
            "OneHot",
            "OnesLike",
            "Pack",
            "Placeholder",
            "PlaceholderWithDefault",
            "Range",
            "Rank",
            "RFFT",
            "ComplexAbs",
            "Reverse",
            "ReverseV2",
            "Select",
            "SelectV2",
            "Shape",
            "ShapeN",
            "Size",
            "Slice",
            "Softmax",
            "SpaceToDepth",
            "Split",
            "SplitV",
            "StridedSlice",
            "Tile",
            "TopKV2",
            "Transpose",
            "Unpack",
            "Where",
            "ZerosLike",
            "AvgPool3D",
            "MaxPool3D",
            "BiasAdd",
            "BiasAddV1",
            "Bucketize",
            "InvertPermutation",
            "DecodeRaw",
            "DecodePng",
            "DecodeJpeg",
            "ResizeArea",
            "CropAndResize",
            "Atan",
            "Atan2",
            "Tan",
            "Acos",
            "Asin",
            "Cosh",
            "Sinh",
            "LinSpace",
            "ScatterNd",
            "GatherNd",
            "FakeQuantWithMinMaxVars",
            "FakeQuantWithMinMaxArgs",
            "FakeQuantWithMinMaxVarsPerChannel",
            "Real",
            "Imag",
            "SegmentSum",
            "UnsortedSegmentSum",
            "Roll");

    private static final Set<String> FILES_AND_NETWORK = Set.of(
            "ReadFile",
            "WriteFile",
            "SaveV2",
            "RestoreV2",
            "Save",
            "SaveSlices",
            "Restore",
            "RestoreSlice",
            "MergeV2Checkpoints",
            "MatchingFiles",
            "PyFunc",
            "PyFuncStateless",
            "EagerPyFunc",
            "PrintV2",
            "Print",
            "FixedLengthRecordReader",
            "TFRecordReader",
            "TextLineReader",
            "WholeFileReader",
            "LMDBReader",
            "InitializeTableFromTextFile",
            "InitializeTableFromTextFileV2",
            "Send",
            "Recv",
            "RemoteCall",
            "Assert",
            "RpcCall",
            "TryRpc",
            "Rpc",
            "ImportEvent",
            "WriteSummary",
            "DebugIdentity",
            "DebugIdentityV2",
            "DebugNanCount");

    private Operations() {}

    public static OpDef definition(NodeDef node) {
        OpDef definition = DEFINITIONS.get(node.getOp());
        if (definition == null) {
            throw UnsupportedModelException.operation(
                    node.getOp(), node.getName(), "this TensorFlow does not know it; rebuild the model without it");
        }
        return definition;
    }

    public static boolean isKnown(String op) {
        return DEFINITIONS.containsKey(op);
    }

    /**
     * Lets only operations pass that compute numbers from numbers.
     *
     * @throws UnsupportedModelException naming the operation and the node
     */
    public static void check(NodeDef node) {
        String op = node.getOp();
        if (FILES_AND_NETWORK.contains(op) || op.contains("Dataset") || op.contains("Summary")) {
            throw UnsupportedModelException.operation(
                    op,
                    node.getName(),
                    "it touches files, the network or the host program; export the model for inference without it");
        }
        if (!taken(op)) {
            throw UnsupportedModelException.operation(
                    op,
                    node.getName(),
                    op.contains("While") || op.contains("TensorList") || op.equals("If") || op.startsWith("Stateless")
                            ? "loops and branches are not taken; export the model unrolled"
                            : "it is not among the operations that are taken; rebuild the model from convolutions,"
                                    + " dense layers and element-wise operations");
        }
    }

    private static boolean taken(String op) {
        return OPAQUE.contains(op)
                || IDENTITIES.contains(op)
                || ACTIVATIONS.contains(op)
                || UNARY.contains(op)
                || BINARY.contains(op)
                || REDUCTIONS.contains(op)
                || BATCH_NORMS.contains(op)
                || RESHAPES.contains(op)
                || LAYERS.contains(op)
                || SPATIAL.contains(op);
    }
}
