package dev.lifeline.events.kafka;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/// Where and how to publish.
///
/// @param bootstrapServers as every Kafka client takes them
/// @param contentMode how an event becomes a record
/// @param batchEventsMax how many events go into one transaction
/// @param retryBackoffMax the longest pause between two attempts when the broker is away
/// @param clientProperties settings for all clients, e.g. for TLS and SASL
public record KafkaConfig(
    String bootstrapServers,
    ContentMode contentMode,
    int batchEventsMax,
    Duration retryBackoffMax,
    Map<String, String> clientProperties) {

  /// The topic of the events; key is the system identifier.
  public static final String EVENTS_TOPIC = "lifeline.events.v1";

  /// The topic of the latest state of each process, compacted; key is `<system identifier>/<pid>`,
  /// and a process that has ended is a tombstone.
  public static final String PROCESSES_TOPIC = "lifeline.processes.v1";

  /// The topic of the last published sequence of each cluster, compacted; key is the system
  /// identifier.
  public static final String PROGRESS_TOPIC = "lifeline.progress.v1";

  /// The two ways of the CloudEvents Kafka binding.
  public enum ContentMode {
    /// Attributes are `ce_*` headers, the value is the event's data.
    BINARY,
    /// The value is the whole journal line.
    STRUCTURED
  }

  public KafkaConfig {
    clientProperties = Map.copyOf(clientProperties);
    if (batchEventsMax < 1) {
      throw new IllegalArgumentException("not a batch size: " + batchEventsMax);
    }
  }

  /// What a server uses unless it is told otherwise.
  public static KafkaConfig of(String bootstrapServers) {
    return new KafkaConfig(
        bootstrapServers, ContentMode.BINARY, 1000, Duration.ofSeconds(10), Map.of());
  }

  public KafkaConfig withContentMode(ContentMode mode) {
    return new KafkaConfig(
        bootstrapServers, mode, batchEventsMax, retryBackoffMax, clientProperties);
  }

  public KafkaConfig withBatchEventsMax(int max) {
    return new KafkaConfig(bootstrapServers, contentMode, max, retryBackoffMax, clientProperties);
  }

  public KafkaConfig withRetryBackoffMax(Duration max) {
    return new KafkaConfig(bootstrapServers, contentMode, batchEventsMax, max, clientProperties);
  }

  /// Adds or changes one setting of all clients.
  public KafkaConfig withClientProperty(String name, String value) {
    Map<String, String> properties = new HashMap<>(clientProperties);
    properties.put(name, value);
    return new KafkaConfig(
        bootstrapServers, contentMode, batchEventsMax, retryBackoffMax, properties);
  }

  /// Adds or changes settings of all clients.
  public KafkaConfig withClientProperties(Map<String, String> added) {
    Map<String, String> properties = new HashMap<>(clientProperties);
    properties.putAll(added);
    return new KafkaConfig(
        bootstrapServers, contentMode, batchEventsMax, retryBackoffMax, properties);
  }

  /// The settings of one client: ours, and over them the user's.
  Map<String, Object> client(Map<String, Object> ours) {
    Map<String, Object> settings = new HashMap<>(ours);
    settings.put("bootstrap.servers", bootstrapServers);
    settings.putAll(clientProperties);
    return settings;
  }
}
