package io.fineprune.topology.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fineprune.schemas.topic.Topics;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.streams.StreamsConfig;
import org.junit.jupiter.api.Test;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;

class StreamsSettingsTest {
    @Test
    void shouldSetWhatExactlyOnceNeeds() {
        Properties properties = settings(Map.of("security.protocol", "SSL")).properties(Topics.standard());
        StreamsConfig config = new StreamsConfig(properties);
        assertThat(config.getString(StreamsConfig.PROCESSING_GUARANTEE_CONFIG)).isEqualTo("exactly_once_v2");
        assertThat(config.getInt(StreamsConfig.NUM_STANDBY_REPLICAS_CONFIG)).isEqualTo(1);
        Map<String, Object> producer = config.getProducerConfigs("p");
        assertThat(producer.get("max.request.size"))
                .hasToString(Integer.toString(Topics.standard().maxRequestBytes()));
        assertThat(producer.get("security.protocol")).isEqualTo("SSL");
        assertThat(config.getMainConsumerConfigs("g", "c", 0).get("session.timeout.ms"))
                .hasToString("6000");
    }

    @Test
    void shouldBoundTheMemoryOfAllStoresTogether() {
        RocksDB.loadLibrary();
        List<BlockBasedTableConfig> tables = new ArrayList<>();
        for (String store : List.of("sums", "reservoir")) {
            try (Options options = new Options()) {
                BlockBasedTableConfig table = new BlockBasedTableConfig();
                options.setTableFormatConfig(table);
                Map.Entry<String, String> memory = StreamsSettings.storeMemory(16);
                new StoreMemory().setConfig(store, options, Map.of(memory.getKey(), memory.getValue()));
                assertThat(options.writeBufferManager()).isNotNull();
                tables.add(table);
            }
        }
        assertThat(tables)
                .extracting(BlockBasedTableConfig::cacheIndexAndFilterBlocks)
                .containsOnly(true);
        assertThat(settings(Map.of()).properties(Topics.standard()).get("rocksdb.config.setter"))
                .isEqualTo(StoreMemory.class.getName());
    }

    @Test
    void shouldLetOverridesWin() {
        assertThat(settings(Map.of("num.standby.replicas", "0"))
                        .properties(Topics.standard())
                        .get("num.standby.replicas"))
                .isEqualTo("0");
    }

    @Test
    void shouldReportAllProblemsTogether() {
        assertThatThrownBy(() -> new StreamsSettings(
                        " ", "", Path.of("state"), 0, Map.of("processing.guarantee", "at_least_once")))
                .hasMessageContaining("application id")
                .hasMessageContaining("at least one broker")
                .hasMessageContaining("1 to 256 stream threads, but was 0")
                .hasMessageContaining("processing.guarantee to be exactly_once_v2, but was at_least_once");
    }

    private static StreamsSettings settings(Map<String, String> overrides) {
        return new StreamsSettings("fineprune", "localhost:9092", Path.of("state"), 2, overrides);
    }
}
