package io.fineprune.agent.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import io.fineprune.agent.broker.BrokerSettings;
import io.fineprune.agent.broker.EmbeddedBroker;
import io.fineprune.agent.runtime.FleetTopics;
import io.fineprune.schemas.serde.UserModelKey;
import io.fineprune.schemas.topic.Topics;
import io.fineprune.schemas.v1.FeedbackLabel;
import io.fineprune.schemas.v1.MaskAcknowledgement;
import io.fineprune.schemas.v1.PruningOutcome;
import io.fineprune.schemas.v1.PruningReport;
import io.fineprune.schemas.v1.StoredLifecycle;
import io.fineprune.schemas.v1.Trigger;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The feed on a broker, while partitions come and go. */
class FleetFeedTest {
    private static final int PARTITIONS = 2;
    private static final UserModelKey ADA = new UserModelKey("ada", "kws");
    private static final FleetListener SILENT = new FleetListener() {
        @Override
        public void acknowledged(MaskAcknowledgement acknowledgement) {}

        @Override
        public void labelled(FeedbackLabel label) {}
    };

    private final Topics topics = Topics.standard();
    private final FleetNews news = new FleetNews(PARTITIONS);
    private final FleetView view = new FleetView(new OnlyAda(), news);

    @Test
    void shouldReadNothingTwiceWhenAPartitionLeaves(@TempDir Path folder) throws Exception {
        int own = news.partitionOf("ada");
        AtomicReference<Set<Integer>> held = new AtomicReference<>(Set.of(0, 1));
        try (EmbeddedBroker broker = EmbeddedBroker.start(BrokerSettings.in(folder.resolve("broker")))) {
            Map<String, String> kafka = Map.of("bootstrap.servers", broker.bootstrapServers());
            try (FleetTopics admin = new FleetTopics(topics, kafka)) {
                admin.create(PARTITIONS, 1);
            }
            AtomicInteger asked = new AtomicInteger();
            Supplier<Set<Integer>> asking = () -> {
                asked.incrementAndGet();
                return held.get();
            };
            report(kafka, own, 1);
            try (FleetFeed feed = FleetFeed.start(topics, kafka, "feed", news, SILENT, asking)) {
                assertThat(feed).isNotNull();
                Fleet.await(() -> rounds() == 1, () -> "a decision, found " + rounds());
                held.set(Set.of(own)); // another agent takes the other one
                int before = asked.get();
                Fleet.await(() -> asked.get() >= before + 2, () -> "the feed to follow what is left");
                report(kafka, own, 2);
                Fleet.await(() -> version() == 2, () -> "a second decision, found version " + version());
                assertThat(rounds()).isEqualTo(2);
            }
        }
    }

    private int rounds() {
        return view.find(ADA).map(user -> user.history().size()).orElse(0);
    }

    private long version() {
        return view.find(ADA)
                .map(UserStatus::history)
                .filter(history -> !history.isEmpty())
                .map(history -> history.get(history.size() - 1).version())
                .orElse(0L);
    }

    private void report(Map<String, String> kafka, int partition, long version) throws Exception {
        PruningReport report = PruningReport.newBuilder()
                .setUserId("ada")
                .setModelId("kws")
                .setTrigger(Trigger.TRIGGER_BUDGET_EVENTS)
                .setOutcome(PruningOutcome.PRUNING_OUTCOME_PUBLISHED)
                .setVersion(version)
                .setDecidedAtMillis(version)
                .build();
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.<String, Object>copyOf(kafka), new ByteArraySerializer(), new ByteArraySerializer())) {
            producer.send(new ProducerRecord<>(
                            topics.pruningReports().name(), partition, new byte[] {1}, report.toByteArray()))
                    .get();
        }
    }

    private static final class OnlyAda implements FleetUsers {
        @Override
        public boolean forEach(BiConsumer<UserModelKey, StoredLifecycle> visitor) {
            visitor.accept(ADA, state());
            return true;
        }

        @Override
        public Optional<StoredLifecycle> find(UserModelKey key) {
            return key.equals(ADA) ? Optional.of(state()) : Optional.empty();
        }

        @Override
        public int partitions() {
            return PARTITIONS;
        }

        @Override
        public StoredLifecycle ofAll(String model) {
            return StoredLifecycle.getDefaultInstance();
        }

        private static StoredLifecycle state() {
            return StoredLifecycle.newBuilder().setWaitingSinceMillis(1).build();
        }
    }
}
