package io.fineprune.agent.fleet;

import io.fineprune.schemas.serde.MalformedMessageException;
import io.fineprune.schemas.topic.TopicDescriptor;
import io.fineprune.schemas.topic.Topics;
import io.fineprune.schemas.v1.FeedbackLabel;
import io.fineprune.schemas.v1.MaskAcknowledgement;
import io.fineprune.schemas.v1.PruningReport;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads reports, acknowledgements and labels of the partitions held into a {@link FleetNews}. It takes no part in a group: it
 * follows the partitions that Kafka Streams has given this agent. A partition that is new here is read from its
 * beginning; the listener hears only what lies behind the offset committed, so that counters do not count it twice.
 */
public final class FleetFeed implements AutoCloseable {
    private static final Logger LOGGER = LoggerFactory.getLogger(FleetFeed.class);
    private static final Duration POLL = Duration.ofMillis(500);
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(3);

    private final Topics topics;
    private final Map<String, Object> properties;
    private final FleetNews news;
    private final FleetListener listener;
    private final Supplier<Set<Integer>> held;
    private final Map<TopicPartition, Long> heard = new HashMap<>();
    private final Thread thread;
    private Set<Integer> following = Set.of();
    private final CountDownLatch closing = new CountDownLatch(1);
    private volatile @Nullable KafkaConsumer<byte[], byte[]> polling;

    private FleetFeed(
            Topics topics,
            Map<String, Object> properties,
            FleetNews news,
            FleetListener listener,
            Supplier<Set<Integer>> held) {
        this.topics = topics;
        this.properties = properties;
        this.news = news;
        this.listener = listener;
        this.held = held;
        this.thread = new Thread(this::run, "fleet-feed");
        thread.setDaemon(true);
    }

    /**
     * Starts and returns at once. What fails is tried again until closed.
     *
     * @param kafka client properties, {@code bootstrap.servers} among them
     * @param group under which offsets are committed; the same for all agents of a fleet
     * @param held numbers of the partitions of this agent's users, asked often
     */
    public static FleetFeed start(
            Topics topics,
            Map<String, String> kafka,
            String group,
            FleetNews news,
            FleetListener listener,
            Supplier<Set<Integer>> held) {
        Map<String, Object> properties = new HashMap<>(kafka);
        properties.put(ConsumerConfig.GROUP_ID_CONFIG, group);
        properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        FleetFeed feed = new FleetFeed(topics, properties, news, listener, held);
        feed.thread.start();
        return feed;
    }

    @Override
    public void close() {
        closing.countDown();
        KafkaConsumer<byte[], byte[]> consumer = polling;
        if (consumer != null) {
            consumer.wakeup();
        }
        try {
            thread.join(CLOSE_TIMEOUT.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        while (!closed()) {
            following = Set.of();
            try (KafkaConsumer<byte[], byte[]> consumer =
                    new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
                polling = consumer;
                while (!closed()) {
                    step(consumer);
                }
            } catch (WakeupException | InterruptException e) {
                LOGGER.debug("Stops following the fleet", e);
                return;
            } catch (RuntimeException e) {
                LOGGER.warn("Could not follow the fleet; tries again", e);
                rest();
            }
        }
    }

    private void step(KafkaConsumer<byte[], byte[]> consumer) {
        Set<Integer> wanted = held.get();
        if (!wanted.equals(following)) {
            follow(consumer, wanted);
        }
        if (following.isEmpty()) {
            rest();
            return;
        }
        boolean news = false;
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
            take(record);
            news = true;
        }
        if (news) {
            commit(consumer);
        }
    }

    private void follow(KafkaConsumer<byte[], byte[]> consumer, Set<Integer> wanted) {
        Set<TopicPartition> assigned = new HashSet<>();
        for (TopicDescriptor<?, ?> topic :
                List.of(topics.pruningReports(), topics.maskAcknowledgements(), topics.feedbackLabels())) {
            for (PartitionInfo partition : consumer.partitionsFor(topic.name())) {
                if (wanted.contains(partition.partition())) {
                    assigned.add(new TopicPartition(topic.name(), partition.partition()));
                }
            }
        }
        Set<Integer> before = following;
        List<TopicPartition> fresh = new ArrayList<>(assigned);
        fresh.removeIf(partition -> before.contains(partition.partition()));
        consumer.assign(assigned);
        if (!fresh.isEmpty()) { // for none of them Kafka would take it for all
            begin(consumer, fresh);
        }
        heard.keySet().retainAll(assigned);
        news.keepOnly(wanted);
        fresh.stream().map(TopicPartition::partition).distinct().forEach(news::forget);
        following = Set.copyOf(wanted);
    }

    private void begin(KafkaConsumer<byte[], byte[]> consumer, List<TopicPartition> fresh) {
        consumer.seekToBeginning(fresh);
        Map<TopicPartition, OffsetAndMetadata> committed = consumer.committed(Set.copyOf(fresh));
        for (TopicPartition partition : fresh) {
            OffsetAndMetadata offset = committed.get(partition);
            heard.put(partition, offset == null ? 0 : offset.offset());
        }
    }

    private void take(ConsumerRecord<byte[], byte[]> record) {
        TopicPartition partition = new TopicPartition(record.topic(), record.partition());
        boolean unheard = record.offset() >= heard.getOrDefault(partition, 0L);
        heard.merge(partition, record.offset() + 1, Math::max);
        if (record.value() == null) {
            return;
        }
        try {
            if (record.topic().equals(topics.pruningReports().name())) {
                PruningReport report = decode(topics.pruningReports(), record);
                news.reported(report);
            } else if (record.topic().equals(topics.maskAcknowledgements().name())) {
                MaskAcknowledgement acknowledgement = decode(topics.maskAcknowledgements(), record);
                news.acknowledged(acknowledgement);
                if (unheard) {
                    listener.acknowledged(acknowledgement);
                }
            } else {
                FeedbackLabel label = decode(topics.feedbackLabels(), record);
                news.labelled(label);
                if (unheard) {
                    listener.labelled(label);
                }
            }
        } catch (MalformedMessageException e) {
            LOGGER.warn("Ignores what is at {}@{}: {}", partition, record.offset(), e.getMessage());
        }
    }

    private void commit(KafkaConsumer<byte[], byte[]> consumer) {
        Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
        heard.forEach((partition, offset) -> offsets.put(partition, new OffsetAndMetadata(offset)));
        consumer.commitAsync(offsets, (committed, e) -> {
            if (e != null) {
                LOGGER.debug("Could not commit what was heard of the fleet", e);
            }
        });
    }

    private boolean closed() {
        return closing.getCount() == 0;
    }

    /** Waits a while, or until it is closed. */
    private void rest() {
        try {
            if (closing.await(POLL.toMillis(), TimeUnit.MILLISECONDS)) {
                LOGGER.debug("Closed while it rested");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptException(e);
        }
    }

    private static <K, V> V decode(TopicDescriptor<K, V> topic, ConsumerRecord<byte[], byte[]> record) {
        return topic.valueSerde().deserializer().deserialize(record.topic(), record.value());
    }
}
