package dev.lifeline.events.kafka;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.lifeline.events.ChildJvm;
import dev.lifeline.events.Envelope;
import dev.lifeline.events.LifecycleEvent;
import dev.lifeline.events.PostmasterEvent;
import dev.lifeline.events.ProcessEvent;
import dev.lifeline.events.RandomEvents;
import dev.lifeline.events.Subject;
import dev.lifeline.events.codec.EventFormatException;
import dev.lifeline.events.codec.EventType;
import dev.lifeline.events.codec.JsonWriter;
import dev.lifeline.events.codec.LineReader;
import dev.lifeline.events.codec.LineWriter;
import dev.lifeline.events.journal.Journal;
import dev.lifeline.events.journal.JournalConfig;
import dev.lifeline.events.state.ProcessState;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.test.KafkaClusterTestKit;
import org.apache.kafka.common.test.TestKitNodes;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Against a real KRaft broker in this JVM. Clusters share it, as a fleet does.
class KafkaPublisherTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  private static KafkaClusterTestKit kafka;

  @TempDir Path dataDirectory;

  @BeforeAll
  static void startKafka() throws Exception {
    TestKitNodes nodes =
        new TestKitNodes.Builder()
            .setCombined(true)
            .setNumBrokerNodes(1)
            .setNumControllerNodes(1)
            .build();
    kafka =
        new KafkaClusterTestKit.Builder(nodes)
            .setConfigProp("num.partitions", "1")
            .setConfigProp("offsets.topic.replication.factor", "1")
            .setConfigProp("transaction.state.log.replication.factor", "1")
            .setConfigProp("transaction.state.log.min.isr", "1")
            .setConfigProp("transaction.state.log.num.partitions", "3")
            .setConfigProp("log.cleaner.dedupe.buffer.size", "4194304")
            .build();
    kafka.format();
    kafka.startup();
    kafka.waitForReadyBrokers();
  }

  @AfterAll
  static void stopKafka() throws Exception {
    kafka.close();
  }

  private static KafkaConfig config() {
    return KafkaConfig.of(kafka.bootstrapServers()).withRetryBackoffMax(Duration.ofSeconds(1));
  }

  private Path directory() {
    return dataDirectory.resolve(Journal.DIRECTORY);
  }

  private static void await(KafkaPublisher publisher, long sequence) throws InterruptedException {
    while (publisher.status().publishedSequence() < sequence) {
      KafkaStatus.State state = publisher.status().state();
      assertTrue(
          state != KafkaStatus.State.FENCED && state != KafkaStatus.State.CLOSED,
          () -> publisher.status().toString());
      Thread.sleep(5);
    }
  }

  private static List<ConsumerRecord<byte[], byte[]>> events(long cluster) {
    return KafkaLog.read(kafka.bootstrapServers(), KafkaConfig.EVENTS_TOPIC).stream()
        .filter(record ->
            new String(record.key(), StandardCharsets.UTF_8).equals(Long.toUnsignedString(cluster)))
        .toList();
  }

  private static List<String> lines(long cluster) {
    return events(cluster).stream()
        .map(record -> new String(CloudEventBinding.line(record), StandardCharsets.UTF_8))
        .toList();
  }

  private static void emitAllTypes(Journal journal, long seed, int rounds) {
    RandomEvents random = new RandomEvents(seed);
    SplittableRandom pids = new SplittableRandom(seed);
    for (int round = 0; round < rounds; round++) {
      for (EventType type : EventType.all()) {
        LifecycleEvent event = random.event(type.eventClass());
        Subject subject = new Subject("client backend", pids.nextInt(1, 30));
        journal.emit(subject, event, 0, random.trace());
      }
    }
  }

  @ParameterizedTest
  @EnumSource(KafkaConfig.ContentMode.class)
  void kafkaHasTheJournalByteForByteAndTheProcessTree(KafkaConfig.ContentMode mode)
      throws Exception {
    long cluster = mode == KafkaConfig.ContentMode.BINARY ? -100 : -101;
    TreeMap<Integer, ProcessState> expected = new TreeMap<>();
    for (int run = 0; run < 2; run++) {
      try (Journal journal = Journal.open(dataDirectory, JournalConfig.of(cluster));
          KafkaPublisher publisher =
              KafkaPublisher.start(
                  journal, config().withContentMode(mode).withBatchEventsMax(50), s -> {})) {
        emitAllTypes(journal, run, 5);
        await(publisher, journal.lastSequence());
        journal.flush().get();
        await(publisher, journal.lastSequence());
        expected.clear();
        journal.state().processes().forEach(process -> expected.put(process.pid(), process));
      }
      assertEquals(KafkaLog.journal(directory()), lines(cluster));
      assertEquals(
          expected, KafkaLog.processes(kafka.bootstrapServers(), Long.toUnsignedString(cluster)));
    }
    assertTrue(!expected.isEmpty());
    checkByAsyncApi(cluster);
    checkBySdk(cluster);
  }

  /// What the CloudEvents SDK makes of the topic, in the example, is what the journal says.
  private void checkBySdk(long cluster) throws Exception {
    String example = Path.of("../deploy/examples/SdkConsumer.java").toAbsolutePath().toString();
    String source = "lifeline://" + Long.toUnsignedString(cluster) + " ";
    List<String> read = new ArrayList<>();
    try (ChildJvm consumer = ChildJvm.start(example, List.of(), kafka.bootstrapServers())) {
      for (String line = consumer.readLine(); line != null; line = consumer.readLine()) {
        if (line.startsWith(source)) {
          int data = line.indexOf('{'); // in structured mode the SDK writes it anew
          read.add(line.substring(0, data) + JSON.readTree(line.substring(data)));
        }
      }
    }
    List<String> expected = new ArrayList<>();
    LineReader reader = new LineReader();
    for (String line : KafkaLog.journal(directory())) {
      Envelope envelope = reader.read(line.getBytes(StandardCharsets.UTF_8));
      EventType type = EventType.of(envelope.event());
      JsonWriter data = new JsonWriter();
      LineWriter.appendData(data, envelope);
      expected.add(
          source
              + "%020d %s %s %s %s "
                  .formatted(
                      envelope.sequence(),
                      envelope.id(),
                      type.name(),
                      envelope.time(),
                      type.current().schemaId())
              + JSON.readTree(data.toByteArray()));
    }
    assertEquals(expected, read);
  }

  private static void checkByAsyncApi(long cluster) throws Exception {
    AsyncApiDocument document = new AsyncApiDocument();
    for (ConsumerRecord<byte[], byte[]> event : events(cluster)) {
      document.check("events", event);
    }
    String bootstrapServers = kafka.bootstrapServers();
    for (var process : KafkaLog.read(bootstrapServers, KafkaConfig.PROCESSES_TOPIC)) {
      if (process.value() != null) {
        document.check("processes", process);
      }
    }
    for (var progress : KafkaLog.read(bootstrapServers, KafkaConfig.PROGRESS_TOPIC)) {
      document.check("progress", progress);
    }
  }

  @Test
  void aBinaryRecordIsACloudEvent() throws Exception {
    long cluster = 42;
    try (Journal journal = Journal.open(dataDirectory, JournalConfig.of(cluster));
        KafkaPublisher publisher = KafkaPublisher.start(journal, config(), s -> {})) {
      await(publisher, journal.emit(new Subject("checkpointer", 12), new ProcessEvent.Forked(1)));
    }
    ConsumerRecord<byte[], byte[]> record = events(cluster).getFirst();
    List<String> headers = new ArrayList<>();
    for (Header header : record.headers()) {
      String value = new String(header.value(), StandardCharsets.UTF_8);
      headers.add(header.key() + "=" + value);
    }
    assertTrue(
        headers.containsAll(
            List.of(
                "ce_specversion=1.0",
                "ce_id=42-1",
                "ce_source=lifeline://42",
                "ce_type=dev.lifeline.process.forked.v1",
                "ce_subject=checkpointer/12",
                "ce_sequence=00000000000000000001",
                "ce_partitionkey=42",
                "content-type=application/json",
                "ce_dataschema=urn:lifeline:schema:dev.lifeline.process.forked.v1")),
        headers::toString);
    assertArrayEquals(
        "{\"pid\":12,\"backend_type\":\"checkpointer\",\"parent_pid\":1}"
            .getBytes(StandardCharsets.UTF_8),
        record.value());
  }

  @Test
  void aSuccessorTakesOverAndTheOneBeforeStaysAway() throws Exception {
    long cluster = 43;
    try (Journal journal = Journal.open(dataDirectory, JournalConfig.of(cluster))) {
      List<KafkaStatus> told = new CopyOnWriteArrayList<>();
      try (KafkaPublisher zombie = KafkaPublisher.start(journal, config(), told::add)) {
        await(zombie, journal.emit(new Subject("postmaster", 1), started()));
        try (KafkaPublisher successor = KafkaPublisher.start(journal, config(), s -> {})) {
          await(successor, 1);
          long last = 0;
          for (int i = 0; i < 50; i++) {
            last = journal.emit(new Subject("client backend", i + 2), new ProcessEvent.Forked(1));
          }
          await(successor, last);
          while (zombie.status().state() != KafkaStatus.State.FENCED) {
            Thread.sleep(10);
          }
          await(successor, journal.emit(new Subject("postmaster", 1), started()));
        }
      }
      assertEquals(KafkaStatus.State.FENCED, told.getLast().state());
    }
    assertEquals(KafkaLog.journal(directory()), lines(cluster));
  }

  private static PostmasterEvent.Started started() {
    return new PostmasterEvent.Started("0.1", "15.4", "/data", 1);
  }

  @Test
  void aLogThatWasSetBackIsNotPublishedOver() throws Exception {
    long cluster = 44;
    try (Journal journal = Journal.open(dataDirectory, JournalConfig.of(cluster));
        KafkaPublisher publisher = KafkaPublisher.start(journal, config(), s -> {})) {
      journal.emit(new Subject("postmaster", 1), started());
      await(publisher, journal.emit(new Subject("postmaster", 1), started()));
    }
    Path restored = dataDirectory.resolve("restored");
    try (Journal journal = Journal.open(restored, JournalConfig.of(cluster));
        KafkaPublisher publisher = KafkaPublisher.start(journal, config(), s -> {})) {
      journal.emit(new Subject("postmaster", 1), started());
      while (publisher.status().state() != KafkaStatus.State.DIVERGED) {
        Thread.sleep(10);
      }
      String reason = publisher.status().reason();
      assertNotNull(reason);
      assertTrue(reason.startsWith("Kafka has event 2 of this cluster"), reason);
    }
    assertEquals(KafkaLog.journal(directory()), lines(cluster));
  }

  @Test
  void theBindingKeepsEveryAttribute() {
    RandomEvents random = new RandomEvents(12);
    BinaryRecords records = new BinaryRecords("t", new byte[0]);
    List<EventType> types = new ArrayList<>(EventType.all());
    types.addAll(EventType.all().reversed()); // each after others, and after its like
    for (EventType type : types) {
      Envelope envelope = random.envelope(1, 9, random.event(type.eventClass()));
      JsonWriter out = new JsonWriter();
      new LineWriter(1, new byte[16]).append(out, envelope);
      out.truncate(out.length() - 1);
      byte[] line = out.toByteArray();
      var sent = records.record(0, line);
      var received =
          new ConsumerRecord<>(
              "t",
              0,
              0,
              0,
              TimestampType.CREATE_TIME,
              0,
              0,
              sent.key(),
              sent.value(),
              sent.headers(),
              Optional.empty());
      assertEquals(
          new String(line, StandardCharsets.UTF_8),
          new String(CloudEventBinding.line(received), StandardCharsets.UTF_8));
    }
  }

  @Test
  void aLineThatIsCutIsNoRecord() {
    RandomEvents random = new RandomEvents(13);
    Envelope envelope = random.envelope(1, 9, random.event(ProcessEvent.Crashed.class));
    JsonWriter out = new JsonWriter();
    new LineWriter(1, new byte[16]).append(out, envelope);
    for (int length = 0; length < out.length() - 2; length++) {
      byte[] line = Arrays.copyOf(out.array(), length);
      assertThrows(
          EventFormatException.class,
          () -> new BinaryRecords("t", new byte[0]).record(0, line),
          new String(line, StandardCharsets.UTF_8));
    }
  }
}
