package dev.lifeline.main;

import dev.lifeline.events.codec.LineReader;
import dev.lifeline.events.journal.Journal;
import dev.lifeline.events.journal.JournalConfig;
import dev.lifeline.events.journal.JournalLine;
import dev.lifeline.events.journal.JournalReader;
import dev.lifeline.events.kafka.ClientProperties;
import dev.lifeline.events.kafka.KafkaConfig;
import dev.lifeline.events.kafka.KafkaPublisher;
import dev.lifeline.events.kafka.KafkaStatus;
import dev.lifeline.events.otlp.OtlpConfig;
import dev.lifeline.events.otlp.OtlpReplay;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `lifeline events replay`: gives the log of a server to somebody who has not seen it.
@Command(
    name = "replay",
    description = "Publishes the event log of a stopped server to Kafka, or its traces over OTLP.",
    mixinStandardHelpOptions = true)
final class ReplayCommand extends EventsCommand.OnLog {
  private static final long POLL_MS = 50;

  /// One of them.
  static final class Target {
    @Option(
        names = "--kafka",
        paramLabel = "HOST:PORT,...",
        description = "Kafka brokers; what they have already is not sent again")
    private @Nullable String brokers;

    @Option(
        names = "--otlp",
        paramLabel = "URL",
        description = "OTLP endpoint, such as http://localhost:4318")
    private @Nullable String collector;
  }

  @ArgGroup(multiplicity = "1")
  private Target target = new Target();

  @Option(
      names = "--content-mode",
      paramLabel = "MODE",
      description = "binary (default) or structured CloudEvents, for Kafka")
  private KafkaConfig.ContentMode contentMode = KafkaConfig.ContentMode.BINARY;

  @Option(
      names = "--kafka-config",
      paramLabel = "FILE",
      description = "settings of Kafka's clients: TLS, SASL, compression")
  private @Nullable Path kafkaConfig;

  @Option(
      names = "--otlp-protocol",
      paramLabel = "PROTOCOL",
      description = "http/protobuf (default) or grpc",
      converter = OtlpProtocol.class)
  private OtlpConfig.Protocol protocol = OtlpConfig.Protocol.HTTP_PROTOBUF;

  @Option(
      names = "--from",
      paramLabel = "SEQUENCE",
      description = "for OTLP: leave out what finished before this event")
  private long from = 1;

  @Option(
      names = "--to",
      paramLabel = "SEQUENCE",
      description = "for OTLP: leave out what finished after this event")
  private long to = Long.MAX_VALUE;

  @Override
  public Integer call() throws IOException, InterruptedException {
    Path log = log();
    String brokers = target.brokers;
    if (brokers != null) {
      KafkaConfig kafka = KafkaConfig.of(brokers).withContentMode(contentMode);
      Path settings = kafkaConfig;
      return toKafka(
          log,
          settings == null ? kafka : kafka.withClientProperties(ClientProperties.read(settings)));
    }
    String collector = Objects.requireNonNull(target.collector, "one of them is given");
    try {
      long spans =
          OtlpReplay.run(
              JournalReader.of(log),
              OtlpConfig.of(collector, Version.number()).withProtocol(protocol),
              from,
              to);
      System.out.println(spans + " spans exported to " + collector);
      return 0;
    } catch (IOException e) {
      throw PgException.fatal(
          SqlState.IO_ERROR, "could not export to \"%s\": %s", collector, e.getMessage());
    }
  }

  /// Publishes as the server itself does, so that each sequence is there once whoever began.
  private static int toKafka(Path log, KafkaConfig kafka) throws IOException, InterruptedException {
    Path dataDirectory = Objects.requireNonNull(log.getParent(), "the log is in a data directory");
    if (RunningServer.find(dataDirectory).isPresent()) {
      throw PgException.fatal(
              SqlState.OBJECT_IN_USE, "a server is running on data directory \"%s\"", dataDirectory)
          .hint(
              "A running server publishes by itself: set lifeline.kafka_bootstrap_servers and"
                  + " restart it.");
    }
    try (Journal journal =
        Journal.open(dataDirectory, JournalConfig.of(systemIdentifier(JournalReader.of(log))))) {
      long last = journal.durableSequence();
      try (KafkaPublisher publisher =
          KafkaPublisher.start(journal, kafka, status -> tell(status))) {
        while (publisher.status().publishedSequence() < last) {
          switch (publisher.status().state()) {
            case FENCED, DIVERGED, CLOSED -> {
              return Main.EXIT_FAILURE;
            }
            case CONNECTING, PUBLISHING, AWAY -> Thread.sleep(POLL_MS);
          }
        }
        publisher.close(Duration.ZERO);
      }
      System.out.println("published up to event " + last);
      return 0;
    }
  }

  private static void tell(KafkaStatus status) {
    String reason = status.reason();
    if (reason != null) {
      String state = status.state().name().toLowerCase(Locale.ROOT);
      System.err.println("lifeline: Kafka: " + state + ": " + reason);
    }
  }

  private static long systemIdentifier(JournalReader log) throws IOException {
    List<JournalLine> first = log.read(log.firstSequence(), 1);
    if (first.isEmpty()) {
      throw PgException.fatal(SqlState.UNDEFINED_FILE, "the event log is empty");
    }
    return first.getFirst().envelope(new LineReader()).systemIdentifier();
  }
}
