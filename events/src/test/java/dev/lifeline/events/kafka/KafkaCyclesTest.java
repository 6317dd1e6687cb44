package dev.lifeline.events.kafka;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lifeline.events.ChildJvm;
import dev.lifeline.events.journal.Journal;
import dev.lifeline.events.journal.JournalConfig;
import dev.lifeline.events.journal.JournalCursor;
import dev.lifeline.events.journal.JournalLine;
import dev.lifeline.events.journal.JournalReader;
import dev.lifeline.events.journal.JournalVerifier;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Kills without end: the server, the broker, or both, again and again at a random moment, each a
/// JVM of its own and under load. `-Dlifeline.kafka.cycles=100` for the long run, with
/// `-Dlifeline.kafka.seed` for the same moments again.
class KafkaCyclesTest {
  private static final int CYCLES = Integer.getInteger("lifeline.kafka.cycles", 3);
  private static final long SEED = Long.getLong("lifeline.kafka.seed", System.nanoTime());

  @TempDir private Path directory;

  private enum Victim {
    SERVER,
    BROKER,
    BOTH
  }

  private ChildJvm server(BrokerProcess broker) throws Exception {
    return ChildJvm.start(
        KafkaKillTest.Server.class, directory.toString(), broker.bootstrapServers());
  }

  private static void readLines(ChildJvm server, int count) throws Exception {
    for (int i = 0; i < count; i++) {
      assertNotNull(server.readLine(), "the server has ended by itself");
    }
  }

  /// Until something was published by this run of the server, or after this death of the broker.
  private static void awaitProgress(ChildJvm server) throws Exception {
    long first = -1;
    while (true) {
      String line = server.readLine();
      assertNotNull(line, "the server has ended by itself");
      if (line.startsWith("at ")) {
        long published = Long.parseLong(line.substring(3, line.indexOf(' ', 3)));
        if (first >= 0 && published > first) {
          return;
        }
        first = first < 0 ? published : first;
      }
    }
  }

  @Test
  void everySequenceIsThereOnceWhateverIsKilled() throws Exception {
    SplittableRandom random = new SplittableRandom(SEED);
    String seed = "-Dlifeline.kafka.seed=" + SEED;
    Map<Victim, Integer> kills = new EnumMap<>(Victim.class);
    try (BrokerProcess broker = BrokerProcess.start(directory)) {
      ChildJvm server = server(broker);
      try {
        awaitProgress(server);
        for (int cycle = 0; cycle < CYCLES; cycle++) {
          Victim victim =
              CYCLES <= Victim.values().length
                  ? Victim.values()[cycle]
                  : Victim.values()[random.nextInt(Victim.values().length)];
          kills.merge(victim, 1, Integer::sum);
          readLines(server, random.nextInt(30));
          if (victim != Victim.SERVER) {
            broker.kill();
            readLines(server, random.nextInt(40));
          }
          if (victim != Victim.BROKER) {
            server.kill();
            server.close();
          }
          if (victim != Victim.SERVER) {
            broker.restart();
          }
          if (victim != Victim.BROKER) {
            server = server(broker);
          }
          awaitProgress(server);
        }
        server.kill();
      } finally {
        server.close();
      }
      publishTheRest(broker);
      long events = compare(broker);
      System.out.printf("%d cycles of kill -9 %s, %d events, %s%n", CYCLES, kills, events, seed);
    }
    assertTrue(JournalVerifier.verify(directory.resolve(Journal.DIRECTORY)).intact(), seed);
  }

  private void publishTheRest(BrokerProcess broker) throws Exception {
    try (Journal journal = Journal.open(directory, JournalConfig.of(77));
        KafkaPublisher publisher =
            KafkaPublisher.start(
                journal, KafkaConfig.of(broker.bootstrapServers()), status -> {})) {
      journal.flush().get();
      while (publisher.status().publishedSequence() < journal.durableSequence()) {
        Thread.sleep(10);
      }
    }
  }

  /// What a `read_committed` consumer gets is the journal, line by line.
  private long compare(BrokerProcess broker) throws Exception {
    Map<String, Object> settings =
        Map.of("bootstrap.servers", broker.bootstrapServers(), "isolation.level", "read_committed");
    TopicPartition partition = new TopicPartition(KafkaConfig.EVENTS_TOPIC, 0);
    JournalReader journal = JournalReader.of(directory.resolve(Journal.DIRECTORY));
    long sequence = 0;
    try (JournalCursor cursor = journal.cursor(1);
        KafkaConsumer<byte[], byte[]> consumer =
            new KafkaConsumer<>(
                settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      consumer.assign(List.of(partition));
      consumer.seekToBeginning(List.of(partition));
      long end = consumer.endOffsets(List.of(partition)).getOrDefault(partition, 0L);
      while (consumer.position(partition) < end) {
        var records = consumer.poll(Duration.ofMillis(200));
        Iterator<JournalLine> lines = cursor.next(records.count()).iterator();
        for (ConsumerRecord<byte[], byte[]> record : records) {
          sequence++;
          assertTrue(lines.hasNext(), "after " + sequence + ", seed " + SEED);
          JournalLine line = lines.next();
          assertEquals(sequence, line.sequence());
          assertArrayEquals(line.bytes(), CloudEventBinding.line(record), () -> "seed " + SEED);
        }
      }
    }
    assertEquals(journal.lastSequence(), sequence, "seed " + SEED);
    return sequence;
  }
}
