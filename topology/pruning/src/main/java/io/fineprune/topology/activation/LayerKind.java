package io.fineprune.topology.activation;

/** What a layer computes. */
public enum LayerKind {
    CONVOLUTION,
    /** Each node reads one input channel. */
    DEPTHWISE,
    DENSE
}
