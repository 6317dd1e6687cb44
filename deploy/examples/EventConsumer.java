import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/// Reads the event log of all clusters from Kafka and proves that nothing is missing: `java -cp
/// 'deploy/target/lib/*' EventConsumer.java localhost:9092 [--until-end]`.
public final class EventConsumer {
  private static final String TOPIC = "lifeline.events.v1";

  private EventConsumer() {}

  public static void main(String[] arguments) {
    boolean untilEnd = List.of(arguments).contains("--until-end");
    Map<String, Object> settings =
        Map.of("bootstrap.servers", arguments[0], "isolation.level", "read_committed");
    Map<String, Long> lastOf = new HashMap<>();
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      List<TopicPartition> partitions =
          consumer.partitionsFor(TOPIC).stream()
              .map(partition -> new TopicPartition(TOPIC, partition.partition()))
              .toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      while (!untilEnd || partitions.stream().anyMatch(p -> consumer.position(p) < ends.get(p))) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(500))) {
          show(record, lastOf);
        }
      }
    }
  }

  private static void show(ConsumerRecord<byte[], byte[]> record, Map<String, Long> lastOf) {
    String cluster = header(record, "ce_source");
    long sequence = Long.parseLong(header(record, "ce_sequence"));
    Long last = lastOf.put(cluster, sequence);
    if (last != null && sequence != last + 1) {
      throw new IllegalStateException("after " + last + " comes " + sequence + " of " + cluster);
    }
    System.out.printf(
        "%s %6d %-42s %-28s %s%n",
        header(record, "ce_time"),
        sequence,
        header(record, "ce_type"),
        header(record, "ce_subject"),
        new String(record.value(), UTF_8));
  }

  private static String header(ConsumerRecord<byte[], byte[]> record, String name) {
    return new String(record.headers().lastHeader(name).value(), UTF_8);
  }
}
