package dev.lifeline.events.kafka;

import dev.lifeline.events.Envelope;
import dev.lifeline.events.LifecycleEvent;
import dev.lifeline.events.ObserverEvent;
import dev.lifeline.events.PostmasterEvent;
import dev.lifeline.events.Subject;
import dev.lifeline.events.codec.EventFormatException;
import dev.lifeline.events.codec.LineReader;
import dev.lifeline.events.journal.Journal;
import dev.lifeline.events.journal.JournalCursor;
import dev.lifeline.events.journal.JournalLine;
import dev.lifeline.events.journal.JournalReader;
import dev.lifeline.events.state.ClusterState;
import dev.lifeline.events.state.ProcessState;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/// One connection's worth of publishing: from the progress that Kafka has committed, onwards. The
/// first error ends it; the next session begins again from what Kafka has.
final class KafkaSession implements AutoCloseable {
  /// A transaction goes out in as few requests as can be, each of which costs the client and the
  /// broker as much as some hundred events. Below a broker's usual limit of 1 MB for a batch.
  private static final int BATCH_BYTES = 512 << 10;

  /// The end of the transaction sends what is there; until then it may gather.
  private static final int LINGER_MS = 100;

  private final Journal journal;
  private final KafkaConfig config;
  private final String publisher;
  private final String cluster;
  private final byte[] key;
  private final BinaryRecords binary;
  private final Producer<byte[], byte[]> producer;
  private final JournalCursor cursor;
  private final LineReader reader = new LineReader();
  private ClusterState state;
  private long published;

  private KafkaSession(
      Journal journal,
      KafkaConfig config,
      String publisher,
      Producer<byte[], byte[]> producer,
      long published)
      throws IOException {
    this.journal = journal;
    this.config = config;
    this.publisher = publisher;
    this.producer = producer;
    this.published = published;
    cluster = Long.toUnsignedString(journal.systemIdentifier());
    key = cluster.getBytes(StandardCharsets.UTF_8);
    binary = new BinaryRecords(KafkaConfig.EVENTS_TOPIC, key);
    JournalReader durable = journal.durableReader();
    state = durable.stateAt(published);
    cursor = durable.cursor(published + 1);
  }

  /// Becomes the one publisher of this cluster.
  ///
  /// @param publisher the id of this publisher
  /// @param returning whether it was the one before; then somebody else's progress means that it
  ///   was replaced, and must not fence its successor
  static KafkaSession open(Journal journal, KafkaConfig config, String publisher, boolean returning)
      throws IOException, InterruptedException, PublishingEndsException {
    String cluster = Long.toUnsignedString(journal.systemIdentifier());
    Topics.create(config);
    if (returning) {
      check(ProgressReader.glance(config, cluster), publisher);
    }
    Producer<byte[], byte[]> producer = producer(config, cluster);
    try {
      producer.initTransactions();
      Progress progress = progress(config, cluster);
      if (returning) {
        check(progress, publisher);
      }
      long published = progress == null ? 0 : progress.sequence();
      if (published > journal.durableSequence()) {
        throw new PublishingEndsException(
            KafkaStatus.State.DIVERGED,
            "Kafka has event "
                + published
                + " of this cluster, its log ends at "
                + journal.durableSequence());
      }
      KafkaSession session = new KafkaSession(journal, config, publisher, producer, published);
      session.claim();
      return session;
    } catch (IOException | PublishingEndsException | RuntimeException e) {
      producer.close(Duration.ZERO);
      throw e;
    }
  }

  /// Reads the progress. What keeps the topic from being read to its end may be a transaction of
  /// ours that hangs.
  private static @Nullable Progress progress(KafkaConfig config, String cluster) {
    try {
      return ProgressReader.read(config, cluster);
    } catch (TimeoutException e) {
      if (HangingTransactions.abort(config, transactionalId(cluster), Topics.NAMES)) {
        return ProgressReader.read(config, cluster);
      }
      throw e;
    }
  }

  private static void check(@Nullable Progress progress, String publisher)
      throws PublishingEndsException {
    if (progress != null && !progress.publisher().equals(publisher)) {
      throw new PublishingEndsException(
          KafkaStatus.State.FENCED, "another publisher has taken over this cluster");
    }
  }

  private static String transactionalId(String cluster) {
    return "lifeline-" + cluster;
  }

  private static Producer<byte[], byte[]> producer(KafkaConfig config, String cluster) {
    Map<String, Object> settings =
        config.client(
            Map.of(
                ProducerConfig.TRANSACTIONAL_ID_CONFIG,
                transactionalId(cluster),
                ProducerConfig.TRANSACTION_TIMEOUT_CONFIG,
                30_000,
                ProducerConfig.MAX_BLOCK_MS_CONFIG,
                10_000,
                ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG,
                5_000,
                ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG,
                20_000,
                ProducerConfig.MAX_REQUEST_SIZE_CONFIG,
                16 << 20,
                ProducerConfig.BATCH_SIZE_CONFIG,
                BATCH_BYTES,
                ProducerConfig.LINGER_MS_CONFIG,
                LINGER_MS));
    return new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
  }

  /// Writes this publisher's name into the progress, so that one that was fenced can see it.
  private void claim() {
    producer.beginTransaction();
    sendProgress(published);
    producer.commitTransaction();
  }

  /// The last sequence that is committed.
  long published() {
    return published;
  }

  /// Publishes the next events, in one transaction.
  ///
  /// @return false when everything that is durable is published
  boolean publishNext() throws IOException {
    List<JournalLine> lines = cursor.next(config.batchEventsMax());
    if (lines.isEmpty()) {
      return false;
    }
    tellOfGap(lines.getFirst().sequence());
    Set<Integer> changed = new TreeSet<>();
    producer.beginTransaction();
    for (JournalLine line : lines) {
      send(record(line));
      fold(line, changed);
    }
    for (int pid : changed) {
      sendProcess(pid);
    }
    long last = lines.getLast().sequence();
    sendProgress(last);
    producer.commitTransaction();
    published = last;
    return true;
  }

  /// A failure that comes later fails the commit. One that is there at once has taken all the time
  /// that the client may block (it does not know the topic yet, and the broker is away), and would
  /// take it again for each record that follows.
  private void send(ProducerRecord<byte[], byte[]> record) {
    Future<RecordMetadata> sent = producer.send(record);
    if (sent.state() == Future.State.FAILED) {
      Throwable failure = sent.exceptionNow();
      throw failure instanceof KafkaException kafka ? kafka : new KafkaException(failure);
    }
  }

  private void tellOfGap(long first) {
    if (first > published + 1) {
      journal.emit(
          Subject.JOURNAL,
          new ObserverEvent.GapDetected(
              "kafka",
              first - published - 1,
              0,
              "events were removed by retention before they were published"));
    }
  }

  private ProducerRecord<byte[], byte[]> record(JournalLine line) {
    long timestampMs = Math.floorDiv(line.timeMicros(), 1000L);
    return switch (config.contentMode()) {
      case BINARY -> binary.record(timestampMs, line.bytes());
      case STRUCTURED ->
          CloudEventBinding.structured(KafkaConfig.EVENTS_TOPIC, key, timestampMs, line.bytes());
    };
  }

  /// Follows the state of the cluster, and notes which processes it changes.
  private void fold(JournalLine line, Set<Integer> changed) {
    if (ClusterState.leavesProcesses(line.typeSlot())) {
      return; // nearly all lines of a busy server, and reading one costs more than sending it
    }
    ClusterState before = state;
    LifecycleEvent event;
    try {
      Envelope envelope = line.envelope(reader);
      state = before.apply(envelope);
      event = envelope.event();
      if (before.processes() != state.processes()) {
        changed.add(envelope.subject().pid());
      }
    } catch (EventFormatException e) {
      return; // of a version that knows more types: goes out as it is, and changes no process here
    }
    if (event instanceof PostmasterEvent && before.processes() != state.processes()) {
      before.processes().forEach(process -> changed.add(process.pid()));
    }
  }

  private void sendProcess(int pid) {
    ProcessState process = state.processes().get(pid);
    send(
        new ProducerRecord<>(
            KafkaConfig.PROCESSES_TOPIC,
            (cluster + "/" + pid).getBytes(StandardCharsets.UTF_8),
            process == null ? null : process.toJson()));
  }

  private void sendProgress(long sequence) {
    send(
        new ProducerRecord<>(
            KafkaConfig.PROGRESS_TOPIC,
            key,
            new Progress(sequence, publisher, Instant.now()).toJson()));
  }

  @Override
  public void close() throws IOException {
    try {
      // What is not committed is read and sent again by the next session.
      producer.close(Duration.ZERO);
    } finally {
      cursor.close();
    }
  }
}
