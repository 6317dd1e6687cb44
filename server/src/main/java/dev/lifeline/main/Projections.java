package dev.lifeline.main;

import dev.lifeline.events.journal.Journal;
import dev.lifeline.events.kafka.ClientProperties;
import dev.lifeline.events.kafka.KafkaConfig;
import dev.lifeline.events.kafka.KafkaPublisher;
import dev.lifeline.events.kafka.KafkaStatus;
import dev.lifeline.events.otlp.OtlpConfig;
import dev.lifeline.events.otlp.OtlpMetrics;
import dev.lifeline.events.otlp.OtlpPublisher;
import dev.lifeline.events.otlp.OtlpStatus;
import dev.lifeline.utils.error.LogProcess;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.ServerLog;
import dev.lifeline.utils.error.Severity;
import dev.lifeline.utils.error.SqlState;
import dev.lifeline.utils.guc.Gucs;
import dev.lifeline.utils.guc.ServerConfig;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Where the event log is told beside the journal: Kafka and an OpenTelemetry collector, where the
/// configuration names them. Each runs on a thread of its own and costs the server nothing when
/// nobody listens.
final class Projections implements AutoCloseable {
  private static final LogProcess KAFKA = LogProcess.of(0, "kafka publisher");
  private static final LogProcess OTLP = LogProcess.of(0, "otlp publisher");

  private final List<AutoCloseable> running = new ArrayList<>();

  private Projections() {}

  static Projections start(ServerConfig config, Journal journal, ServerLog log) {
    Projections projections = new Projections();
    String brokers = config.get(Gucs.LIFELINE_KAFKA_BOOTSTRAP_SERVERS);
    if (!brokers.isBlank()) {
      KafkaConfig kafka =
          KafkaConfig.of(brokers)
              .withClientProperties(clientProperties(config))
              .withContentMode(
                  config.get(Gucs.LIFELINE_KAFKA_CONTENT_MODE).equals("structured")
                      ? KafkaConfig.ContentMode.STRUCTURED
                      : KafkaConfig.ContentMode.BINARY);
      projections.running.add(KafkaPublisher.start(journal, kafka, status -> tell(log, status)));
    }
    String collector = config.get(Gucs.LIFELINE_OTLP_ENDPOINT);
    if (!collector.isBlank()) {
      OtlpConfig otlp =
          OtlpConfig.of(collector, Version.number())
              .withProtocol(OtlpProtocol.of(config.get(Gucs.LIFELINE_OTLP_PROTOCOL)));
      Duration interval = Duration.ofMillis(config.get(Gucs.LIFELINE_OTLP_METRICS_INTERVAL));
      try {
        projections.running.add(OtlpPublisher.start(journal, otlp, status -> tell(log, status)));
        if (interval.isPositive()) {
          projections.running.add(OtlpMetrics.start(journal, otlp, interval));
        }
      } catch (IOException e) {
        projections.close();
        throw PgException.fatal(
            SqlState.IO_ERROR, "could not read the progress of the traces: %s", e.getMessage());
      }
    }
    return projections;
  }

  /// A relative path counts from the data directory.
  private static Map<String, String> clientProperties(ServerConfig config) {
    String file = config.get(Gucs.LIFELINE_KAFKA_CLIENT_CONFIG);
    if (file.isBlank()) {
      return Map.of();
    }
    try {
      return ClientProperties.read(Path.of(config.get(Gucs.DATA_DIRECTORY)).resolve(file));
    } catch (IOException e) {
      throw PgException.fatal(
          SqlState.CONFIG_FILE_ERROR,
          "could not load the settings of Kafka's clients from \"%s\": %s",
          file,
          e instanceof NoSuchFileException ? "No such file or directory" : e.getMessage());
    }
  }

  private static void tell(ServerLog log, OtlpStatus status) {
    switch (status.state()) {
      case EXPORTING -> log.log(OTLP, "exporting traces");
      case AWAY ->
          log.report(
              OTLP,
              warning(
                  "the OpenTelemetry collector is away, exporting is tried again", status.reason()),
              null);
      case CLOSED -> {}
    }
  }

  private static void tell(ServerLog log, KafkaStatus status) {
    switch (status.state()) {
      case CONNECTING, CLOSED -> {}
      case PUBLISHING -> log.log(KAFKA, "publishing the event log to Kafka");
      case AWAY ->
          log.report(
              KAFKA,
              warning(
                  "Kafka is away, the event log is kept and publishing is tried again",
                  status.reason()),
              null);
      case FENCED ->
          log.report(
              KAFKA,
              warning(
                  "another publisher has taken over the event log of this cluster",
                  status.reason()),
              null);
      case DIVERGED ->
          log.report(
              KAFKA,
              warning(
                  "Kafka has events of this cluster that its event log does not have",
                  status.reason()),
              null);
    }
  }

  private static PgException warning(String message, @Nullable String reason) {
    PgException warning = new PgException(Severity.WARNING, SqlState.WARNING, message);
    return reason == null ? warning : warning.detail("%s", reason);
  }

  @Override
  public void close() {
    for (AutoCloseable one : running) {
      try {
        one.close();
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
    }
  }
}
