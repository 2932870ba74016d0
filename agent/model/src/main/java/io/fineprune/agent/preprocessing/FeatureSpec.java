package io.fineprune.agent.preprocessing;

/** The device computes the model's input itself and sends feature tensors. */
public record FeatureSpec() implements PreprocessingSpec {}
