package dev.lifeline.events.kafka;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.apache.kafka.common.record.internal.CompressionType;
import org.apache.kafka.common.record.internal.FileRecords;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.jspecify.annotations.Nullable;

/// What a broker has written to its disk.
final class KafkaDump {
  private KafkaDump() {}

  /// How the last batch of events was compressed; markers of transactions never are.
  static @Nullable CompressionType lastCompression(Path logs) throws Exception {
    CompressionType last = null;
    Path partition = logs.resolve(KafkaConfig.EVENTS_TOPIC + "-0");
    try (Stream<Path> files = Files.list(partition)) {
      for (Path file : files.filter(f -> f.toString().endsWith(".log")).sorted().toList()) {
        try (FileRecords records = FileRecords.open(file.toFile(), false)) {
          for (RecordBatch batch : records.batches()) {
            last = batch.isControlBatch() ? last : batch.compressionType();
          }
        }
      }
    }
    return last;
  }
}
