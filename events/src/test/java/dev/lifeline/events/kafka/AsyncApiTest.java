package dev.lifeline.events.kafka;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lifeline.events.codec.EventType;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/// The document alone; [KafkaPublisherTest] holds it against what a broker has.
class AsyncApiTest {
  private final AsyncApiDocument document = new AsyncApiDocument();

  AsyncApiTest() throws Exception {}

  @Test
  void itNamesTheTopics() {
    List<String> addresses =
        document.root().get("channels").properties().stream()
            .map(channel -> channel.getValue().get("address").asText())
            .toList();
    assertEquals(
        List.of(KafkaConfig.EVENTS_TOPIC, KafkaConfig.PROCESSES_TOPIC, KafkaConfig.PROGRESS_TOPIC),
        addresses);
  }

  @Test
  void everyTypeIsAMessageOfTheLog() {
    TreeSet<String> expected = new TreeSet<>(List.of("structured"));
    EventType.all()
        .forEach(type -> type.versions().forEach(version -> expected.add(version.name())));
    TreeSet<String> names = new TreeSet<>();
    for (JsonNode message : document.root().at("/channels/events/messages")) {
      names.add(document.resolve(message).get("name").asText());
    }
    assertEquals(expected, names);
  }

  @Test
  void everyReferenceIsInTheDocument() {
    for (JsonNode parent : document.root().findParents("$ref")) {
      document.resolve(parent);
    }
  }
}
