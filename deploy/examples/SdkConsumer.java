import static java.nio.charset.StandardCharsets.UTF_8;

import io.cloudevents.CloudEvent;
import io.cloudevents.kafka.CloudEventDeserializer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;

/// Reads the event log with the CloudEvents SDK, which takes both of its content modes: `java -cp
/// ... SdkConsumer.java localhost:9092`, with `io.cloudevents:cloudevents-kafka` and
/// `cloudevents-json-jackson` on the class path. Prints what is there now, one line an event.
public final class SdkConsumer {
  private static final String TOPIC = "lifeline.events.v1";

  private SdkConsumer() {}

  public static void main(String[] arguments) {
    Map<String, Object> settings =
        Map.of("bootstrap.servers", arguments[0], "isolation.level", "read_committed");
    try (KafkaConsumer<String, CloudEvent> consumer =
        new KafkaConsumer<>(settings, new StringDeserializer(), new CloudEventDeserializer())) {
      List<TopicPartition> partitions =
          consumer.partitionsFor(TOPIC).stream()
              .map(partition -> new TopicPartition(TOPIC, partition.partition()))
              .toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      while (partitions.stream().anyMatch(p -> consumer.position(p) < ends.get(p))) {
        for (ConsumerRecord<String, CloudEvent> record : consumer.poll(Duration.ofMillis(500))) {
          show(record.value());
        }
      }
    }
  }

  private static void show(CloudEvent event) {
    System.out.println(
        String.join(
            " ",
            event.getSource().toString(),
            String.valueOf(event.getExtension("sequence")),
            event.getId(),
            event.getType(),
            String.valueOf(event.getTime().toInstant()),
            String.valueOf(event.getDataSchema()),
            new String(event.getData().toBytes(), UTF_8)));
  }
}
