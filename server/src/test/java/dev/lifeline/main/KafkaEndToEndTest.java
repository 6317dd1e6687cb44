package dev.lifeline.main;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lifeline.events.journal.Journal;
import dev.lifeline.events.journal.JournalLine;
import dev.lifeline.events.journal.JournalReader;
import dev.lifeline.events.kafka.CloudEventBinding;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A server that publishes to a real broker, both killed under load: what a `read_committed`
/// consumer sees is the journal, every event once and in order.
class KafkaEndToEndTest {
  private static final int WRITERS = 2;
  private static final String PUBLISHING = "publishing the event log to Kafka";
  private static final String AWAY = "Kafka is away";

  @TempDir private Path dir;
  private KafkaBroker broker;
  private final AtomicInteger attempted = new AtomicInteger();
  private final AtomicInteger acknowledged = new AtomicInteger();

  @BeforeEach
  void startBroker() throws Exception {
    broker = KafkaBroker.start(dir.resolve("broker"));
  }

  @AfterEach
  void stopBroker() {
    broker.close();
  }

  private LifelineProcess startServer(String contentMode) throws Exception {
    return LifelineProcess.start(
        dir.resolve("data"),
        "-c",
        "lifeline.kafka_bootstrap_servers=" + broker.bootstrapServers(),
        "-c",
        "lifeline.kafka_content_mode=" + contentMode);
  }

  @Test
  void everyEventIsInKafkaOnceWhateverIsKilled() throws Exception {
    try (LifelineProcess server = startServer("binary")) {
      awaitLog(server, PUBLISHING, 1);
      execute(server, "CREATE TABLE load (n int PRIMARY KEY)");
      try (Load load = new Load(server)) {
        load.awaitCommits(200);
        server.kill(); // amid publishing
        server.restart();
        awaitLog(server, PUBLISHING, 2);
        load.awaitCommits(200);
        broker.kill();
        awaitLog(server, AWAY, 1);
        load.awaitCommits(200); // nobody waits for Kafka
        server.kill();
        server.restart(); // without its broker
        load.awaitCommits(200);
        broker.restart();
        awaitLog(server, PUBLISHING, 3);
        load.awaitCommits(200);
      }
      int rows = count(server);
      assertTrue(rows >= acknowledged.get() && rows <= attempted.get(), "rows: " + rows);
      assertEquals(0, server.stop("INT"), server.log());
      server.verifyEvents();
      check(server, false);
    }
  }

  @Test
  void structuredModeCarriesTheLine() throws Exception {
    try (LifelineProcess server = startServer("structured")) {
      awaitLog(server, PUBLISHING, 1);
      execute(server, "CREATE TABLE load (n int PRIMARY KEY)");
      try (Load load = new Load(server)) {
        load.awaitCommits(100);
      }
      assertEquals(0, server.stop("INT"), server.log());
      server.verifyEvents();
      check(server, true);
    }
  }

  /// A server that knew no Kafka, and whose log is published when it has stopped.
  @Test
  void aLogIsPublishedAfterwards() throws Exception {
    String data = dir.resolve("data").toString();
    String[] replay = {"events", "replay", "-D", data, "--kafka", broker.bootstrapServers()};
    try (LifelineProcess server = LifelineProcess.start(dir.resolve("data"))) {
      execute(server, "CREATE TABLE load (n int PRIMARY KEY)");
      assertEquals(1, Main.execute(replay), "a running server publishes by itself");
      assertEquals(0, server.stop("INT"), server.log());
      assertEquals(0, Main.execute(replay));
      assertEquals(0, Main.execute(replay), "what is there is not sent again");
      check(server, false);
      JournalReader journal = JournalReader.of(server.directory().resolve(Journal.DIRECTORY));
      exampleReads(journal.lastSequence(), ExampleConsumers.java());
      List<String> python = ExampleConsumers.python();
      Assumptions.assumeFalse(python.isEmpty(), "kafka-python and cloudevents are not installed");
      exampleReads(journal.lastSequence(), python);
    }
  }

  /// The example in `deploy/examples` prints a line for each event.
  private void exampleReads(long events, List<String> command) throws Exception {
    List<String> line = new ArrayList<>(command);
    line.addAll(List.of(broker.bootstrapServers(), "--until-end"));
    Tools.Result result = ExampleConsumers.run(line);
    assertEquals(0, result.exitCode(), result::both);
    List<String> lines = result.out().lines().toList();
    assertEquals(events, lines.size(), result::both);
    assertTrue(lines.getFirst().contains("dev.lifeline.postmaster.started.v1"), lines::getFirst);
  }

  /// Writers that insert without pause and come back when the server does.
  private final class Load implements AutoCloseable {
    private final LifelineProcess server;
    private final AtomicBoolean stop = new AtomicBoolean();
    private final ExecutorService threads = Executors.newFixedThreadPool(WRITERS);
    private final List<Future<?>> running = new ArrayList<>();

    Load(LifelineProcess server) {
      this.server = server;
      for (int writer = 0; writer < WRITERS; writer++) {
        running.add(threads.submit(this::write));
      }
    }

    private Object write() throws InterruptedException {
      while (!stop.get()) {
        try (Connection connection = server.connect("postgres");
            PreparedStatement insert =
                connection.prepareStatement("INSERT INTO load (n) VALUES (?)")) {
          while (!stop.get()) {
            insert.setInt(1, attempted.incrementAndGet());
            insert.executeUpdate();
            acknowledged.incrementAndGet();
            Thread.sleep(1); // an outage of the broker lasts for seconds, the test's disk is small
          }
        } catch (SQLException e) {
          Thread.sleep(50); // the server was killed
        }
      }
      return stop;
    }

    void awaitCommits(int more) throws Exception {
      int goal = acknowledged.get() + more;
      await(() -> acknowledged.get() >= goal, "the load stands still", server);
    }

    @Override
    public void close() {
      stop.set(true);
      try {
        for (Future<?> one : running) {
          one.get(30, TimeUnit.SECONDS);
        }
      } catch (InterruptedException | ExecutionException | TimeoutException e) {
        throw new IllegalStateException("a writer does not end", e);
      } finally {
        threads.shutdownNow();
      }
    }
  }

  /// Longer than the Kafka client takes to give up on a broker: it waits out its delivery timeout,
  /// and then the one of aborting the transaction.
  private static final long WAIT_S = 120;

  @FunctionalInterface
  private interface Condition {
    boolean holds() throws Exception;
  }

  private static void await(Condition condition, String otherwise, LifelineProcess server)
      throws Exception {
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(WAIT_S);
    while (!condition.holds()) {
      assertTrue(System.nanoTime() < until, otherwise + ": " + server.log());
      Thread.sleep(20);
    }
  }

  /// Waits until the log, which the restarts share, has said something so often.
  private static void awaitLog(LifelineProcess server, String message, int times) throws Exception {
    await(
        () -> server.log().split(message, -1).length > times,
        "not said " + times + " times: " + message,
        server);
  }

  private void check(LifelineProcess server, boolean structured) throws Exception {
    List<JournalLine> journal =
        JournalReader.of(server.directory().resolve(Journal.DIRECTORY)).read(1, Integer.MAX_VALUE);
    List<ConsumerRecord<byte[], byte[]>> records = broker.committed();
    assertTrue(journal.size() > acknowledged.get(), "events: " + journal.size());
    for (int i = 0; i < Math.min(journal.size(), records.size()); i++) {
      JournalLine line = journal.get(i);
      assertEquals(i + 1, line.sequence());
      ConsumerRecord<byte[], byte[]> record = records.get(i);
      if (structured) {
        assertEquals(line.toString(), new String(record.value(), UTF_8));
      } else {
        checkBinary(line, record);
      }
    }
    assertEquals(journal.size(), records.size());
  }

  private static void checkBinary(JournalLine line, ConsumerRecord<byte[], byte[]> record) {
    assertEquals(line.sequence(), Long.parseLong(header(record, "ce_sequence")));
    assertEquals(new String(record.key(), UTF_8) + "-" + line.sequence(), header(record, "ce_id"));
    String data = "\"data\":" + new String(record.value(), UTF_8) + ",";
    assertTrue(line.toString().contains(data), () -> data + " is not in " + line);
    assertEquals(line.toString(), new String(CloudEventBinding.line(record), UTF_8));
  }

  private static String header(ConsumerRecord<byte[], byte[]> record, String name) {
    Header header = record.headers().lastHeader(name);
    assertNotNull(header, name);
    return new String(header.value(), UTF_8);
  }

  private static int count(LifelineProcess server) throws SQLException {
    try (Connection connection = server.connect("postgres");
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT count(*) FROM load")) {
      row.next();
      return row.getInt(1);
    }
  }

  private static void execute(LifelineProcess server, String sql) throws SQLException {
    try (Connection connection = server.connect("postgres");
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
