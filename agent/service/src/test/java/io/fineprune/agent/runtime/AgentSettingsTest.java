package io.fineprune.agent.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.fineprune.agent.config.Configuration;
import io.fineprune.agent.config.ConfigurationSource;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class AgentSettingsTest {
    @Test
    void shouldAdvertiseWhereItListens() throws Exception {
        assertThat(advertised(Map.of())).as("nobody else reaches it").isEqualTo("127.0.0.1:9404");
        assertThat(advertised(Map.of("http.host", "0.0.0.0")))
                .doesNotStartWith("0.0.0.0")
                .endsWith(":9404");
        assertThat(advertised(Map.of("http.advertised", "agent-7:80"))).isEqualTo("agent-7:80");
    }

    private static String advertised(Map<String, String> flags) throws Exception {
        return AgentSettings.streams(Configuration.of(List.of(ConfigurationSource.flags(flags))))
                .overrides()
                .getOrDefault("application.server", "");
    }
}
