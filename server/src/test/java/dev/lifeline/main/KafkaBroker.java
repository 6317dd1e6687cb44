package dev.lifeline.main;

import dev.lifeline.events.kafka.KafkaConfig;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/// A real KRaft broker in a JVM of its own, which can be killed and started again on its data.
final class KafkaBroker implements AutoCloseable {
  private static final int ATTEMPTS = 60;

  private final Path configuration;
  private final File output;
  private final int port = LifelineProcess.freePort();
  private Process process;

  private KafkaBroker(Path directory) throws Exception {
    Files.createDirectories(directory);
    configuration = directory.resolve("server.properties");
    output = directory.resolve("broker.log").toFile();
    Properties settings = settings(directory, LifelineProcess.freePort());
    try (var out = Files.newOutputStream(configuration)) {
      settings.store(out, null);
    }
    process =
        java(
            "kafka.tools.StorageTool",
            "format",
            "--standalone",
            "-t",
            Uuid.randomUuid().toString(),
            "-c",
            configuration.toString());
    if (process.waitFor() != 0) {
      throw new IllegalStateException("the broker's storage is not formatted: " + log());
    }
    restart();
  }

  static KafkaBroker start(Path directory) throws Exception {
    return new KafkaBroker(directory);
  }

  private Properties settings(Path directory, int controllerPort) {
    Properties settings = new Properties();
    settings.putAll(
        Map.of(
            "process.roles", "broker,controller",
            "node.id", "1",
            "listeners",
                "PLAINTEXT://127.0.0.1:" + port + ",CONTROLLER://127.0.0.1:" + controllerPort,
            "advertised.listeners", "PLAINTEXT://127.0.0.1:" + port,
            "controller.listener.names", "CONTROLLER",
            "controller.quorum.bootstrap.servers", "127.0.0.1:" + controllerPort,
            "log.dirs", directory.resolve("kafka").toString(),
            "num.partitions", "1",
            "offsets.topic.replication.factor", "1"));
    settings.putAll(
        Map.of(
            "transaction.state.log.replication.factor", "1",
            "transaction.state.log.min.isr", "1",
            "transaction.state.log.num.partitions", "3",
            // A killed broker may come back under its id once its old session is over.
            "broker.session.timeout.ms", "2000",
            "broker.heartbeat.interval.ms", "500",
            "controller.quorum.election.timeout.ms", "500",
            "log.cleaner.dedupe.buffer.size", "4194304"));
    return settings;
  }

  private Process java(String main, String... arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            "-Xmx256m",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path"),
            main));
    command.addAll(List.of(arguments));
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(output))
        .start();
  }

  String bootstrapServers() {
    return "127.0.0.1:" + port;
  }

  /// Kills the JVM as `kill -9` does.
  void kill() {
    process.destroyForcibly();
    process.onExit().join();
  }

  /// Starts it on its data and returns when it answers.
  void restart() throws Exception {
    process = java("kafka.Kafka", configuration.toString());
    Map<String, Object> impatient =
        Map.of(
            "bootstrap.servers", bootstrapServers(),
            "default.api.timeout.ms", 1000,
            "request.timeout.ms", 1000);
    for (int attempt = 1; ; attempt++) {
      try (Admin admin = Admin.create(impatient)) {
        admin.describeCluster().nodes().get(1, TimeUnit.SECONDS);
        return;
      } catch (ExecutionException | TimeoutException e) {
        if (attempt == ATTEMPTS || !process.isAlive()) {
          throw new IllegalStateException("the broker does not answer: " + log(), e);
        }
      }
    }
  }

  /// All events that are committed, in the order of the one partition.
  List<ConsumerRecord<byte[], byte[]>> committed() {
    Map<String, Object> settings =
        Map.of("bootstrap.servers", bootstrapServers(), "isolation.level", "read_committed");
    List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      TopicPartition partition = new TopicPartition(KafkaConfig.EVENTS_TOPIC, 0);
      consumer.assign(List.of(partition));
      consumer.seekToBeginning(List.of(partition));
      long end = consumer.endOffsets(List.of(partition)).getOrDefault(partition, 0L);
      while (consumer.position(partition) < end) {
        consumer.poll(Duration.ofMillis(100)).forEach(records::add);
      }
    }
    return records;
  }

  private String log() throws IOException {
    return Files.readString(output.toPath(), StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    kill();
  }
}
