package io.fineprune.agent.tensorflow.graph;

import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.tensorflow.TensorFlow;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.OpDef;

/** Tables of TensorFlow's operations: which are supported, which are identities, and the names of their outputs. */
public final class Operations {
    private static final Map<String, OpDef> DEFINITIONS = TensorFlow.registeredOpList().getOpList().stream()
            .collect(Collectors.toUnmodifiableMap(OpDef::getName, op -> op));

    /** Operations whose output is their first input, when no gradient is taken. */
    public static final Set<String> IDENTITIES =
            Set.of("Identity", "StopGradient", "PreventGradient", "CheckNumerics", "Snapshot", "EnsureShape");

    /** Calls of functions, which are expanded in place. */
    public static final Set<String> CALLS = Set.of("PartitionedCall", "StatefulPartitionedCall");

    /** Activation functions of one input; each works on every number by itself. */
    public static final Set<String> ACTIVATIONS = words("""
            Relu Relu6 LeakyRelu Elu Selu Sigmoid Tanh Softplus Softsign Erf
            """);

    /** Activation functions that are never negative. */
    public static final Set<String> NOT_NEGATIVE = Set.of("Relu", "Relu6", "Sigmoid", "Softplus", "Softmax");

    /** Other operations of one input that work on every number by itself. */
    public static final Set<String> UNARY = words("""
            Abs Acos Acosh Asin Asinh Atan Atanh Ceil Cos Cosh Erfc Exp Expm1 Floor Inv Log Log1p Neg Reciprocal
            Rint Round Rsqrt Sign Sin Sinh Sqrt Square Tan
            """);

    /** Operations of two inputs that work on every pair of numbers by itself. */
    public static final Set<String> BINARY = words("""
            Add AddV2 Sub Mul RealDiv Div DivNoNan MulNoNan Maximum Minimum Pow SquaredDifference
            """);

    public static final Set<String> REDUCTIONS = Set.of("Mean", "Sum", "Max", "Min", "Prod");

    public static final Set<String> BATCH_NORMS = Set.of("FusedBatchNorm", "FusedBatchNormV2", "FusedBatchNormV3");

    /** Reshapes that keep the order of numbers. */
    public static final Set<String> RESHAPES = Set.of("Reshape", "Squeeze", "ExpandDims");

    /** Layers with weights. */
    public static final Set<String> LAYERS = Set.of("Conv2D", "DepthwiseConv2dNative", "MatMul");

    /** Operations that work on spatial dimensions only and keep channels apart. */
    public static final Set<String> SPATIAL = words("""
            MaxPool MaxPoolV2 AvgPool Pad PadV2 MirrorPad ResizeBilinear ResizeNearestNeighbor ResizeBicubic
            SpaceToBatchND BatchToSpaceND SpaceToBatch BatchToSpace
            """);

    /** Random numbers, which are taken only where inference does not depend on them (dropout that keeps all). */
    public static final Set<String> RANDOM = Set.of("RandomUniform");

    /** Operations that are supported but not analysed; channels that they read and write are not pruned. */
    private static final Set<String> OPAQUE = words("""
            Add AddN All Any ArgMax ArgMin Atan2 AudioSpectrogram AvgPool3D BatchMatMul BatchMatMulV2 BiasAdd
            BiasAddV1 BroadcastTo Bucketize Cast ClipByValue ComplexAbs Concat ConcatV2 Const Conv1D Conv3D
            CropAndResize Cumsum DecodeJpeg DecodePng DecodeRaw DecodeWav DepthToSpace Einsum Equal
            FakeQuantWithMinMaxArgs FakeQuantWithMinMaxVars FakeQuantWithMinMaxVarsPerChannel Fill FloorDiv
            FloorMod Gather GatherNd GatherV2 Greater GreaterEqual Identity IdentityN Imag InvertPermutation
            L2Loss LRN Less LessEqual LinSpace LogSoftmax LogicalAnd LogicalNot LogicalOr MatrixDiag MaxPool3D
            Mfcc Mod NotEqual OneHot OnesLike Pack Placeholder PlaceholderWithDefault RFFT Range Rank Real
            ResizeArea Reverse ReverseV2 Roll ScatterNd SegmentSum Select SelectV2 Shape ShapeN Size Slice
            Softmax SpaceToDepth Split SplitV StridedSlice Tile TopKV2 Transpose Unpack UnsortedSegmentSum Where
            ZerosLike
            """);

    private static final Set<String> FILES_AND_NETWORK = words("""
            Assert DebugIdentity DebugIdentityV2 DebugNanCount EagerPyFunc FixedLengthRecordReader ImportEvent
            InitializeTableFromTextFile InitializeTableFromTextFileV2 LMDBReader MatchingFiles
            MergeV2Checkpoints Print PrintV2 PyFunc PyFuncStateless ReadFile Recv RemoteCall Restore
            RestoreSlice RestoreV2 Rpc RpcCall Save SaveSlices SaveV2 Send TFRecordReader TextLineReader TryRpc
            WholeFileReader WriteFile WriteSummary
            """);

    private static final Set<String> LOOPS = words("""
            Enter Exit LoopCond Merge NextIteration RefEnter RefExit RefMerge RefNextIteration RefSwitch Switch
            """);

    private Operations() {}

    private static Set<String> words(String text) {
        return Set.of(text.strip().split("\\s+"));
    }

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
                    isControlFlow(op) || op.startsWith("Stateless")
                            ? "loops and branches are not taken; export the model unrolled"
                            : "it is not among the operations that are taken; rebuild the model from convolutions,"
                                    + " dense layers and element-wise operations");
        }
    }

    /** Loops and branches of any version of TensorFlow, and the lists that they fill. */
    static boolean isControlFlow(String op) {
        return LOOPS.contains(op)
                || op.contains("While")
                || op.contains("TensorList")
                || op.startsWith("TensorArray")
                || op.equals("If")
                || op.equals("StatelessIf");
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
