package dev.lifeline.events.kafka;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lifeline.events.ChildJvm;
import dev.lifeline.events.ProcessEvent;
import dev.lifeline.events.Subject;
import dev.lifeline.events.TransactionEvent;
import dev.lifeline.events.journal.Journal;
import dev.lifeline.events.journal.JournalConfig;
import dev.lifeline.events.journal.JournalVerifier;
import dev.lifeline.events.state.ClusterState;
import dev.lifeline.events.state.ProcessState;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.TreeMap;
import org.apache.kafka.common.KafkaException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A broker and a server, each a JVM of its own, and each killed while the other works.
class KafkaKillTest {
  private static final long CLUSTER = 77;

  @TempDir Path directory;

  /// Emits without pause and publishes meanwhile; says what is published, and what is only durable.
  static final class Server {
    public static void main(String[] arguments) throws Exception {
      KafkaConfig config =
          KafkaConfig.of(arguments[1])
              .withBatchEventsMax(40)
              .withRetryBackoffMax(Duration.ofMillis(500))
              .withClientProperty("max.block.ms", "2000")
              .withClientProperty("delivery.timeout.ms", "3000")
              .withClientProperty("request.timeout.ms", "1000");
      try (Journal journal = Journal.open(Path.of(arguments[0]), JournalConfig.of(CLUSTER));
          KafkaPublisher publisher =
              KafkaPublisher.start(journal, config, status -> System.out.println(status.state()))) {
        for (int i = 1; ; i++) {
          Subject backend = new Subject("client backend", i % 50);
          journal.emit(backend, new ProcessEvent.Forked(0));
          journal.emit(backend, new TransactionEvent.Committed(i, 1, 1));
          if (i % 3 != 0) {
            journal.emit(backend, new ProcessEvent.Exited(0, 1));
          }
          if (i % 10 == 0) {
            System.out.println(
                "at "
                    + publisher.status().publishedSequence()
                    + " of "
                    + journal.durableSequence());
            Thread.sleep(20);
          }
        }
      }
    }
  }

  private ChildJvm server(BrokerProcess broker) throws Exception {
    return ChildJvm.start(Server.class, directory.toString(), broker.bootstrapServers());
  }

  /// Waits until the server has published so much more than at the first look.
  private static long awaitPublished(ChildJvm server, int more) throws Exception {
    long first = -1;
    while (true) {
      String line = server.readLine();
      assertNotNull(line);
      if (line.startsWith("at ") && !line.startsWith("at 0 ")) {
        long published = Long.parseLong(line.substring(3, line.indexOf(' ', 3)));
        first = first < 0 ? published : first;
        if (published >= first + more) {
          return published;
        }
      }
    }
  }

  private static void awaitLines(ChildJvm server, int count) throws Exception {
    for (int i = 0; i < count; i++) {
      assertNotNull(server.readLine());
    }
  }

  @Test
  void afterAnyKillAConsumerSeesEverySequenceOnce() throws Exception {
    try (BrokerProcess broker = BrokerProcess.start(directory)) {
      try (ChildJvm server = server(broker)) {
        awaitPublished(server, 430);
        server.kill();
      }
      try (ChildJvm server = server(broker)) {
        awaitPublished(server, 200);
        broker.kill();
        server.await("AWAY");
        awaitLines(server, 100);
        server.kill();
      }
      broker.restart();
      try (ChildJvm server = server(broker)) {
        awaitPublished(server, 500);
        broker.kill();
        server.await("AWAY");
        broker.restart();
        server.await("PUBLISHING");
        awaitPublished(server, 500);
        server.kill();
      }
      ClusterState state = publishTheRest(broker);
      List<String> journal = KafkaLog.journal(directory.resolve(Journal.DIRECTORY));
      assertEquals(journal, KafkaLog.lines(broker.bootstrapServers()));
      assertTrue(JournalVerifier.verify(directory.resolve(Journal.DIRECTORY)).intact());
      TreeMap<Integer, ProcessState> expected = new TreeMap<>();
      state.processes().forEach(process -> expected.put(process.pid(), process));
      assertEquals(expected, KafkaLog.processes(broker.bootstrapServers(), "" + CLUSTER));
    }
  }

  /// The client does not know the topic's partitions yet when the broker dies: each record would
  /// wait for them in its turn.
  @Test
  void aBatchGivesUpWithItsFirstRecord() throws Exception {
    try (BrokerProcess broker = BrokerProcess.start(directory);
        Journal journal = Journal.open(directory, JournalConfig.of(CLUSTER))) {
      for (int i = 1; i <= 100; i++) {
        journal.emit(new Subject("client backend", i), new ProcessEvent.Forked(0));
      }
      journal.flush().get();
      KafkaConfig config =
          KafkaConfig.of(broker.bootstrapServers()).withClientProperty("max.block.ms", "1000");
      try (KafkaSession session = KafkaSession.open(journal, config, "the one", false)) {
        broker.kill();
        assertTimeoutPreemptively(
            Duration.ofSeconds(30), () -> assertThrows(KafkaException.class, session::publishNext));
        assertEquals(0, session.published());
      }
    }
  }

  private ClusterState publishTheRest(BrokerProcess broker) throws Exception {
    try (Journal journal = Journal.open(directory, JournalConfig.of(CLUSTER));
        KafkaPublisher publisher =
            KafkaPublisher.start(
                journal, KafkaConfig.of(broker.bootstrapServers()), status -> {})) {
      journal.flush().get();
      while (publisher.status().publishedSequence() < journal.durableSequence()) {
        Thread.sleep(10);
      }
      return journal.state();
    }
  }
}
