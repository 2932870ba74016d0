package io.fineprune.agent.preprocessing;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;

/**
 * How a model wants its input made; the {@code preprocessing} section of model.yaml, told apart by its {@code type}:
 * {@code audio}, {@code image}, {@code features} or {@code encoded}. Every component has to be given. All of them throw
 * {@link IllegalArgumentException} naming every component that is out of its bound.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
    @JsonSubTypes.Type(value = AudioSpec.class, name = "audio"),
    @JsonSubTypes.Type(value = ImageSpec.class, name = "image"),
    @JsonSubTypes.Type(value = FeatureSpec.class, name = "features"),
    @JsonSubTypes.Type(value = EncodedSpec.class, name = "encoded")
})
public sealed interface PreprocessingSpec permits AudioSpec, ImageSpec, FeatureSpec, EncodedSpec {}
