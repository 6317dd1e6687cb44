package dev.lifeline.events.kafka;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lifeline.events.ProcessEvent;
import dev.lifeline.events.Subject;
import dev.lifeline.events.journal.Journal;
import dev.lifeline.events.journal.JournalConfig;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TransactionDescription;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.ProduceRequest;
import org.apache.kafka.common.requests.ProduceResponse;
import org.apache.kafka.common.requests.RequestHeader;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.test.KafkaClusterTestKit;
import org.apache.kafka.common.test.TestKitNodes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A transaction that is open in a partition's log while its coordinator knows nothing of it: made
/// here by a record that is sent past the coordinator, to a broker that does not ask it.
class HangingTransactionsTest {
  private static final long CLUSTER = 88;
  private static final String ID = "lifeline-" + CLUSTER;
  private static final short VERSION = 11;

  @TempDir private Path dir;

  @Test
  void whatHangsIsEndedAndPublishingGoesOn() throws Exception {
    TestKitNodes nodes =
        new TestKitNodes.Builder()
            .setCombined(true)
            .setNumBrokerNodes(1)
            .setNumControllerNodes(1)
            .build();
    KafkaClusterTestKit kafka =
        new KafkaClusterTestKit.Builder(nodes)
            .setConfigProp("num.partitions", "1")
            .setConfigProp("offsets.topic.replication.factor", "1")
            .setConfigProp("transaction.state.log.replication.factor", "1")
            .setConfigProp("transaction.state.log.min.isr", "1")
            .setConfigProp("transaction.state.log.num.partitions", "1")
            .setConfigProp("transaction.partition.verification.enable", "false")
            .setConfigProp("log.cleaner.dedupe.buffer.size", "4194304")
            .build();
    try {
      kafka.format();
      kafka.startup();
      kafka.waitForReadyBrokers();
      KafkaConfig config = KafkaConfig.of(kafka.bootstrapServers());
      publish(config, 3);
      long end = readable(config);
      hang(config);
      publish(config, 0, false);
      assertEquals(end, readable(config), "consumers wait for the transaction that hangs");

      assertTrue(HangingTransactions.abort(config, ID, Topics.NAMES));
      assertFalse(HangingTransactions.abort(config, ID, Topics.NAMES), "there was one");
      publish(config, 3);
      Progress progress = ProgressReader.read(config, String.valueOf(CLUSTER));
      assertNotNull(progress);
      assertEquals(6, progress.sequence());
      assertEquals(
          KafkaLog.journal(dir.resolve(Journal.DIRECTORY)),
          KafkaLog.lines(kafka.bootstrapServers()));
    } finally {
      kafka.close();
    }
  }

  private void publish(KafkaConfig config, int events) throws Exception {
    publish(config, events, true);
  }

  /// @param all whether to wait until all is published, rather than only become the publisher
  private void publish(KafkaConfig config, int events, boolean all) throws Exception {
    Files.createDirectories(dir);
    try (Journal journal = Journal.open(dir, JournalConfig.of(CLUSTER))) {
      for (int i = 0; i < events; i++) {
        journal.emit(new Subject("client backend", i), new ProcessEvent.Forked(0));
      }
      journal.flush().get();
      if (!all) {
        try (KafkaProducer<byte[], byte[]> successor = producer(config)) {
          successor.initTransactions(); // a later epoch, as the next publisher has
        }
        return;
      }
      try (KafkaPublisher publisher = KafkaPublisher.start(journal, config, status -> {})) {
        while (publisher.status().publishedSequence() < journal.durableSequence()) {
          Thread.sleep(10);
        }
      }
    }
  }

  private static KafkaProducer<byte[], byte[]> producer(KafkaConfig config) {
    return new KafkaProducer<>(
        config.client(Map.of("transactional.id", ID)),
        new ByteArraySerializer(),
        new ByteArraySerializer());
  }

  /// Where a `read_committed` consumer of the progress ends.
  private static long readable(KafkaConfig config) {
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(
            config.client(Map.of("isolation.level", "read_committed")),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer())) {
      TopicPartition partition = new TopicPartition(KafkaConfig.PROGRESS_TOPIC, 0);
      return consumer
          .endOffsets(List.of(partition), Duration.ofSeconds(20))
          .getOrDefault(partition, -1L);
    }
  }

  /// Writes a record of a transaction that was never begun, in the name of a publisher.
  private static void hang(KafkaConfig config) throws Exception {
    try (KafkaProducer<byte[], byte[]> publisher = producer(config)) {
      publisher.initTransactions(); // its epoch has written nothing yet: it begins at number 0
    }
    TransactionDescription known;
    try (Admin admin = Admin.create(config.client(Map.of()))) {
      known = admin.describeTransactions(List.of(ID)).description(ID).get();
    }
    MemoryRecords records =
        MemoryRecords.withTransactionalRecords(
            Compression.NONE,
            known.producerId(),
            (short) known.producerEpoch(),
            0,
            new SimpleRecord(
                "other".getBytes(StandardCharsets.UTF_8),
                "value".getBytes(StandardCharsets.UTF_8)));
    ProduceRequestData.TopicProduceData topic =
        new ProduceRequestData.TopicProduceData()
            .setName(KafkaConfig.PROGRESS_TOPIC)
            .setPartitionData(
                List.of(
                    new ProduceRequestData.PartitionProduceData().setIndex(0).setRecords(records)));
    ProduceRequestData data =
        new ProduceRequestData()
            .setTransactionalId(ID)
            .setAcks((short) -1)
            .setTimeoutMs(10_000)
            .setTopicData(
                new ProduceRequestData.TopicProduceDataCollection(List.of(topic).iterator()));
    send(config.bootstrapServers(), new ProduceRequest(data, VERSION));
  }

  private static void send(String server, ProduceRequest request) throws Exception {
    RequestHeader header = new RequestHeader(ApiKeys.PRODUCE, VERSION, "test", 1);
    ByteBuffer bytes = request.serializeWithHeader(header);
    String address = server.split(",", -1)[0];
    int colon = address.lastIndexOf(':');
    try (Socket socket =
            new Socket(
                address.substring(0, colon), Integer.parseInt(address.substring(colon + 1)));
        DataOutputStream out = new DataOutputStream(socket.getOutputStream());
        DataInputStream in = new DataInputStream(socket.getInputStream())) {
      out.writeInt(bytes.remaining());
      out.write(bytes.array(), bytes.arrayOffset() + bytes.position(), bytes.remaining());
      out.flush();
      ByteBuffer answer = ByteBuffer.wrap(in.readNBytes(in.readInt()));
      ProduceResponse response = (ProduceResponse) AbstractResponse.parseResponse(answer, header);
      assertEquals(Map.of(Errors.NONE, 1), response.errorCounts());
    }
  }
}
