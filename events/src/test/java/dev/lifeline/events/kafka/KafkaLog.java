package dev.lifeline.events.kafka;

import dev.lifeline.events.journal.JournalLine;
import dev.lifeline.events.journal.JournalReader;
import dev.lifeline.events.state.ProcessState;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/// What a `read_committed` consumer sees.
final class KafkaLog {
  private KafkaLog() {}

  /// Everything in a topic, in the order of its one partition.
  static List<ConsumerRecord<byte[], byte[]>> read(String bootstrapServers, String topic) {
    Map<String, Object> settings =
        Map.of("bootstrap.servers", bootstrapServers, "isolation.level", "read_committed");
    List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      TopicPartition partition = new TopicPartition(topic, 0);
      consumer.assign(List.of(partition));
      consumer.seekToBeginning(List.of(partition));
      long end = consumer.endOffsets(List.of(partition)).getOrDefault(partition, 0L);
      while (consumer.position(partition) < end) {
        consumer.poll(Duration.ofMillis(100)).forEach(records::add);
      }
    }
    return records;
  }

  /// The events topic as journal lines.
  static List<String> lines(String bootstrapServers) {
    return read(bootstrapServers, KafkaConfig.EVENTS_TOPIC).stream()
        .map(record -> new String(CloudEventBinding.line(record), StandardCharsets.UTF_8))
        .toList();
  }

  /// The journal's lines.
  static List<String> journal(Path directory) throws Exception {
    return JournalReader.of(directory).read(1, Integer.MAX_VALUE).stream()
        .map(JournalLine::toString)
        .toList();
  }

  /// The process tree that the compacted topic holds.
  static Map<Integer, ProcessState> processes(String bootstrapServers, String cluster) {
    Map<Integer, ProcessState> processes = new TreeMap<>();
    for (ConsumerRecord<byte[], byte[]> record :
        read(bootstrapServers, KafkaConfig.PROCESSES_TOPIC)) {
      String key = new String(record.key(), StandardCharsets.UTF_8);
      if (!key.startsWith(cluster + "/")) {
        continue;
      }
      int pid = Integer.parseInt(key.substring(cluster.length() + 1));
      if (record.value() == null) {
        processes.remove(pid);
      } else {
        processes.put(pid, ProcessState.fromJson(record.value()));
      }
    }
    return processes;
  }
}
