package io.fineprune.agent.preprocessing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Specifications as model.yaml holds them. */
class PreprocessingSpecTest {
    private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());

    @Test
    void shouldReadBackWhatItWrote() throws Exception {
        for (PreprocessingSpec spec : List.of(
                AudioSpec.logMel(8000, 32, 32),
                AudioSpec.keywordSpotting(),
                new ImageSpec(28, 28, 1, 1 / 255.0, 0),
                new FeatureSpec(),
                new EncodedSpec(16000))) {
            String yaml = YAML.writerFor(PreprocessingSpec.class).writeValueAsString(spec);
            assertThat(YAML.readValue(yaml, PreprocessingSpec.class)).as(yaml).isEqualTo(spec);
        }
    }

    @Test
    void shouldReadWhatAPersonWrites() throws Exception {
        PreprocessingSpec spec = YAML.readValue("""
                type: audio
                kind: mfcc
                sampleRateHz: 16000
                windowMillis: 30
                hopMillis: 20
                bands: 40
                frames: 49
                coefficients: 10
                lowHz: 20
                highHz: 4000
                fit: start
                trimDecibels: 0
                level: peak
                spectrum: magnitude
                logFloor: 1e-6
                normalisation: none
                """, PreprocessingSpec.class);
        assertThat(spec).isEqualTo(AudioSpec.keywordSpotting());
    }

    @Test
    void shouldNameAllProblemsTogether() {
        assertThatThrownBy(() -> YAML.readValue(
                        "type: audio\nkind: log-mel\nsampleRateHz: 99\nbands: 1000\ncoefficients: 3\n",
                        PreprocessingSpec.class))
                .hasMessageContaining("sampleRateHz: expected 4000 to 48000, found 99")
                .hasMessageContaining("bands: expected 2 to 256, found 1000")
                .hasMessageContaining("coefficients: expected 0 with log-mel, found 3")
                .hasMessageContaining("fit: not given")
                .hasMessageContaining("logFloor: expected more than 0");
        assertThatThrownBy(() -> new ImageSpec(0, 5000, 2, Double.NaN, Double.POSITIVE_INFINITY))
                .hasMessageContainingAll("width", "height", "channels", "scale", "offset");
    }

    @Test
    void shouldRefuseAShapeThatTheSpecificationDoesNotYield() {
        assertThatThrownBy(() -> Preprocessors.create(AudioSpec.keywordSpotting(), new int[] {10, 49, 1}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("yields [49, 10], but the model takes [10, 49, 1]");
        assertThatThrownBy(() -> Preprocessors.create(new ImageSpec(28, 28, 3, 1, 0), new int[] {28, 28, 1}))
                .hasMessageContaining("[28, 28, 3]");
        assertThatThrownBy(() -> Preprocessors.create(new EncodedSpec(16000), new int[] {16000}))
                .hasMessageContaining("[16000]");
        assertThatThrownBy(() -> Preprocessors.create(new FeatureSpec(), new int[] {65536, 65536}))
                .hasMessageContaining("[65536, 65536]");
        assertThat(Preprocessors.create(AudioSpec.keywordSpotting(), new int[] {1, 490}))
                .isNotNull();
        assertThat(Preprocessors.create(new ImageSpec(28, 28, 1, 1, 0), new int[] {784}))
                .isNotNull();
    }
}
