package dev.lifeline.events.kafka;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.TopicExistsException;

/// Creates the topics that are missing; partitions and replicas are the broker's defaults.
final class Topics {
  /// Statements can be long; a broker's default of 1 MB would stop publishing at the first.
  private static final String MESSAGE_BYTES_MAX = Integer.toString(16 << 20);

  static final List<String> NAMES =
      List.of(KafkaConfig.EVENTS_TOPIC, KafkaConfig.PROCESSES_TOPIC, KafkaConfig.PROGRESS_TOPIC);

  private Topics() {}

  static void create(KafkaConfig config) throws InterruptedException {
    Map<String, String> log = Map.of("max.message.bytes", MESSAGE_BYTES_MAX);
    Map<String, String> table = Map.of("cleanup.policy", "compact");
    try (Admin admin = Admin.create(config.client(Map.of()))) {
      create(admin, KafkaConfig.EVENTS_TOPIC, log);
      create(admin, KafkaConfig.PROCESSES_TOPIC, table);
      create(admin, KafkaConfig.PROGRESS_TOPIC, table);
    }
  }

  private static void create(Admin admin, String name, Map<String, String> settings)
      throws InterruptedException {
    NewTopic topic = new NewTopic(name, Optional.empty(), Optional.empty()).configs(settings);
    try {
      admin.createTopics(List.of(topic)).all().get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof TopicExistsException) {
        return;
      }
      if (e.getCause() instanceof KafkaException kafka) {
        throw kafka;
      }
      throw new KafkaException("could not create topic " + name, e);
    }
  }
}
