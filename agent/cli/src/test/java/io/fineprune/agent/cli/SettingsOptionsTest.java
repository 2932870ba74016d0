package io.fineprune.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fineprune.schemas.v1.LayerLimit;
import io.fineprune.schemas.v1.PruningSettings;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class SettingsOptionsTest {
    @CommandLine.Command
    static final class Holder {
        @CommandLine.Mixin
        private SettingsOptions settings = new SettingsOptions();
    }

    private static PruningSettings parsed(String... arguments) {
        Holder holder = new Holder();
        new CommandLine(holder).parseArgs(arguments);
        return holder.settings.message();
    }

    @Test
    void shouldSendABudgetOfOperationsAndLimitsWhenGiven() {
        PruningSettings settings =
                parsed("--target-macs", "0.3", "--protect", "conv1", "--limit", "conv2=0.25", "--limit", "a/b=0");
        assertThat(settings.hasSparsity()).isFalse();
        assertThat(settings.getTargetMacs()).isEqualTo(0.3);
        assertThat(settings.getLayerLimits().getLimitsList())
                .containsExactly(limit("conv1", 0), limit("a/b", 0), limit("conv2", 0.25));
    }

    @Test
    void shouldKeepLimitsInForceWhenNoneIsGiven() {
        assertThat(parsed("--sparsity", "0.5").hasLayerLimits()).isFalse();
        assertThat(parsed("--no-limits").hasLayerLimits()).isTrue();
        assertThat(parsed("--no-limits").getLayerLimits().getLimitsCount()).isZero();
    }

    @Test
    void shouldNameEveryFlagThatIsWrong() {
        assertThatThrownBy(() -> parsed("--target-macs", "1.5", "--limit", "conv1", "--sparsity", "0.5"))
                .isInstanceOf(CommandFailedException.class)
                .hasMessageContaining("--target-macs expected none, or a number from 0.001 to 1, but was '1.5'")
                .hasMessageContaining("--limit expected none, or layer=share")
                .hasMessageContaining("one of --sparsity and --target-macs");
        assertThatThrownBy(() -> parsed("--protect", "a", "--limit", "a=0.5")).hasMessageContaining("each layer once");
    }

    private static LayerLimit limit(String layer, double share) {
        return LayerLimit.newBuilder().setLayer(layer).setShare(share).build();
    }
}
