package io.fineprune.agent.tensorflow.train;

/** What training minimises. */
public enum Loss {
    /** Mean cross entropy of the answers and the labels. */
    CROSS_ENTROPY,
    /** Mean entropy of the answers; needs no labels. */
    ENTROPY
}
