package dev.lifeline.events.kafka;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;

/// Looks up how far the committed transactions of a cluster got.
///
/// The topic is shared by all clusters. A `read_committed` consumer stops before the first open
/// transaction of anybody, and what a cluster committed behind that is not visible yet. So the end
/// to read to is the one that counts open transactions too, and a read that does not get there in
/// time fails, rather than give an old answer.
final class ProgressReader {
  private static final Duration POLL = Duration.ofMillis(200);
  private static final int QUIET_POLLS_MAX = 100;

  private ProgressReader() {}

  /// The last committed progress that is visible now, null when there is none. It may be old: a
  /// transaction that was left open hides what comes after it.
  static @Nullable Progress glance(KafkaConfig config, String systemIdentifier) {
    return read(config, systemIdentifier, "read_committed");
  }

  /// The last committed progress, null when the cluster was never published.
  ///
  /// Only for one who has ended the cluster's own transactions before. It waits for those of
  /// others, and fails when they take too long, rather than give an old answer.
  static @Nullable Progress read(KafkaConfig config, String systemIdentifier) {
    return read(config, systemIdentifier, "read_uncommitted");
  }

  /// Reads what is committed up to where the topic ends for this isolation level.
  private static @Nullable Progress read(
      KafkaConfig config, String systemIdentifier, String endIsolation) {
    Map<String, Object> settings =
        config.client(
            Map.of(
                ConsumerConfig.ISOLATION_LEVEL_CONFIG,
                "read_committed",
                ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG,
                false,
                ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG,
                10_000));
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      List<TopicPartition> partitions =
          consumer.partitionsFor(KafkaConfig.PROGRESS_TOPIC).stream()
              .map(partition -> new TopicPartition(partition.topic(), partition.partition()))
              .toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      return last(consumer, ends(config, partitions, endIsolation), systemIdentifier);
    }
  }

  private static Map<TopicPartition, Long> ends(
      KafkaConfig config, List<TopicPartition> partitions, String isolation) {
    Map<String, Object> settings =
        config.client(Map.of(ConsumerConfig.ISOLATION_LEVEL_CONFIG, isolation));
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      return consumer.endOffsets(partitions);
    }
  }

  private static @Nullable Progress last(
      KafkaConsumer<byte[], byte[]> consumer,
      Map<TopicPartition, Long> ends,
      String systemIdentifier) {
    Progress last = null;
    int quiet = 0;
    while (ends.entrySet().stream().anyMatch(e -> consumer.position(e.getKey()) < e.getValue())) {
      boolean any = false;
      for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
        any = true;
        String key = new String(record.key(), StandardCharsets.UTF_8);
        if (key.equals(systemIdentifier) && record.value() != null) {
          last = Progress.fromJson(record.value());
        }
      }
      quiet = any ? 0 : quiet + 1;
      if (quiet > QUIET_POLLS_MAX) {
        throw new TimeoutException("the progress topic could not be read to its end");
      }
    }
    return last;
  }
}
