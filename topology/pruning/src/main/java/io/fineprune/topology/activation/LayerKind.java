package io.fineprune.topology.activation;

/** The operation that a layer computes. */
public enum LayerKind {
    CONVOLUTION,
    /** Each node reads one input channel. */
    DEPTHWISE,
    DENSE
}
