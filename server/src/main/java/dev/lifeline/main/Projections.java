package dev.lifeline.main;

import dev.lifeline.events.journal.Journal;
import dev.lifeline.events.kafka.KafkaConfig;
import dev.lifeline.events.kafka.KafkaPublisher;
import dev.lifeline.events.kafka.KafkaStatus;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.ServerLog;
import dev.lifeline.utils.error.ServerLog.LogProcess;
import dev.lifeline.utils.error.Severity;
import dev.lifeline.utils.error.SqlState;
import dev.lifeline.utils.guc.Gucs;
import dev.lifeline.utils.guc.ServerConfig;
import java.util.ArrayList;
import java.util.List;

/// Where the event log is told beside the journal: Kafka, where the configuration names it. It runs
/// on a thread of its own and costs the server nothing when nobody listens.
final class Projections implements AutoCloseable {
  private static final LogProcess LOG_PROCESS = LogProcess.of(0, "kafka publisher");

  private final List<KafkaPublisher> running = new ArrayList<>();

  private Projections() {}

  static Projections start(ServerConfig config, Journal journal, ServerLog log) {
    Projections projections = new Projections();
    String brokers = config.get(Gucs.LIFELINE_KAFKA_BOOTSTRAP_SERVERS);
    if (!brokers.isBlank()) {
      KafkaConfig kafka =
          KafkaConfig.of(brokers)
              .withContentMode(
                  config.get(Gucs.LIFELINE_KAFKA_CONTENT_MODE).equals("structured")
                      ? KafkaConfig.ContentMode.STRUCTURED
                      : KafkaConfig.ContentMode.BINARY);
      projections.running.add(KafkaPublisher.start(journal, kafka, status -> tell(log, status)));
    }
    return projections;
  }

  private static void tell(ServerLog log, KafkaStatus status) {
    switch (status.state()) {
      case CONNECTING, CLOSED -> {}
      case PUBLISHING -> log.log(LOG_PROCESS, "publishing the event log to Kafka");
      case AWAY ->
          log.report(
              LOG_PROCESS,
              warning("Kafka is away, the event log is kept and publishing is tried again", status),
              null);
      case FENCED ->
          log.report(
              LOG_PROCESS,
              warning("another publisher has taken over the event log of this cluster", status),
              null);
      case DIVERGED ->
          log.report(
              LOG_PROCESS,
              warning("Kafka has events of this cluster that its event log does not have", status),
              null);
    }
  }

  private static PgException warning(String message, KafkaStatus status) {
    PgException warning = new PgException(Severity.WARNING, SqlState.WARNING, message);
    String reason = status.reason();
    return reason == null ? warning : warning.detail("%s", reason);
  }

  @Override
  public void close() {
    running.forEach(KafkaPublisher::close);
  }
}
