package dev.lifeline.main;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Clients that come all at once, that say nothing, say it slowly, or do not read: what they may
/// take of a server in a JVM of its own, and what the others notice of it.
class AdmissionTest {
  private static final String TOO_MANY = "53300 sorry, too many clients already";

  /// Sessions that wait for their clients to read.
  private static final String DEAF =
      "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'deaf'"
          + " AND wait_event_type = 'Client' AND wait_event = 'ClientWrite'";

  private static final int PLACES = 40;

  /// What one client may cost that is answered more than it reads.
  private static final long BYTES_MAX = 1L << 20;

  @TempDir private static Path dir;
  private static LifelineProcess server;
  private static Connection witness;
  private static Statement statement;

  @BeforeAll
  static void start() throws Exception {
    server =
        LifelineProcess.start(
            dir.resolve("data"),
            "-c",
            "max_connections=" + PLACES,
            "-c",
            "lifeline.event_loops=1",
            "-c",
            "authentication_timeout=3s");
    witness = server.connect("postgres");
    statement = witness.createStatement();
  }

  @AfterAll
  static void stop() throws Exception {
    witness.close();
    assertEquals(0, server.stop("INT"));
    String log = server.log();
    assertFalse(log.contains("failed unexpectedly"), log);
    server.close();
  }

  /// Nobody is left of another test.
  @BeforeEach
  void alone() throws Exception {
    await(
        () ->
            number("SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'")
                == 1,
        "the sessions of the others end");
  }

  /// All knock before anybody is answered; on one event loop there is one order of service.
  @Test
  void aStormIsServedInTheOrderOfItsComing() throws Exception {
    int storm = 60;
    int places = PLACES - 1; // one is the witness's
    try (Clients clients = new Clients()) {
      for (int i = 0; i < storm; i++) {
        clients.add().startUp();
      }
      List<String> answers = new ArrayList<>();
      for (Client client : clients.all) {
        answers.add(client.answer());
      }
      assertEquals(Collections.nCopies(storm - places, TOO_MANY), answers.subList(places, storm));
      // The pids follow each other as the backends were forked.
      List<Integer> pids = answers.subList(0, places).stream().map(Integer::valueOf).toList();
      assertEquals(pids.stream().sorted().toList(), pids);
    }
  }

  /// Who has not said who it is takes no place, and is let go when its time is over; one byte now
  /// and then does not buy it more time.
  @Test
  void theSilentAndTheSlowTakeNoPlace() throws Exception {
    try (Clients silent = new Clients();
        Clients others = new Clients()) {
      for (int i = 0; i < 15; i++) {
        silent.add();
        silent.add().out(0, 0, 0, 40, 0, 3);
      }
      for (int i = 1; i < PLACES; i++) {
        String answer = others.add().startUp().answer();
        assertTrue(answer.matches("\\d+"), answer); // its pid, which may begin like a SQLSTATE
      }
      assertEquals(TOO_MANY, others.add().startUp().answer());
      for (int i = 0; i < 4; i++) {
        Thread.sleep(200);
        for (int n = 1; n < silent.all.size(); n += 2) {
          silent.all.get(n).out(0);
        }
      }
      for (Client client : silent.all) {
        assertEquals("", client.answer(), "PostgreSQL closes without a word, too");
      }
    }
  }

  /// However many knock and say nothing, they do not get the files that the server works with: no
  /// more are let in than there are places twice.
  @Test
  void theSilentCannotTakeAllFiles() throws Exception {
    int knocking = 200;
    try (Clients silent = new Clients()) {
      long quiet = sockets();
      for (int i = 0; i < knocking; i++) {
        silent.add();
      }
      for (Client client : silent.all.subList(2 * PLACES, knocking)) {
        assertEquals(TOO_MANY, client.answer());
      }
      assertTrue(sockets() <= quiet + 2 * PLACES, "sockets of who was sent away");
      statement.execute("CREATE TABLE kept (i int)");
      statement.execute("INSERT INTO kept SELECT generate_series(1, 1000)");
      statement.execute("CHECKPOINT");
      for (Client client : silent.all.subList(0, PLACES)) {
        assertEquals("", client.answer(), "let in, and let go when its time is over");
      }
    }
    try (Connection next = server.connect("postgres")) {
      assertTrue(next.isValid(5));
    }
  }

  /// Who asks for a gigabyte and reads none of it costs a few buffers, big rows or small; and when
  /// its session is ended, its socket goes as well.
  @Test
  void whoDoesNotReadCostsLittle() throws Exception {
    int count = 20;
    try (Clients deaf = new Clients()) {
      // First, because the JVM listens for who asks it such things.
      long before = ServerMemory.heapBytes(server);
      long quiet = sockets();
      for (int i = 0; i < count; i++) {
        deaf.add().startUp().query("SELECT repeat('x', 10000) FROM generate_series(1, 100000)");
      }
      await(() -> number(DEAF) == count, "all of them wait for their clients");
      long grown = ServerMemory.heapBytes(server) - before;
      assertTrue(grown < count * BYTES_MAX, () -> "the heap has grown by " + grown);
      statement.execute(
          "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'deaf'");
      alone();
      await(() -> sockets() <= quiet, "their sockets are closed");
    }
  }

  /// Who prepares statement after statement gets thousands, and then is told that there is no more
  /// memory for it; the others do not notice, and what it gives back it may have again.
  @Test
  void whoPreparesWithoutEndIsStopped() throws Exception {
    String sql = "SELECT 1 -- " + "x".repeat(4000);
    long before = ServerMemory.heapBytes(server);
    try (RawClient greedy = RawClient.connect(server.port(), "postgres", "postgres")) {
      int prepared = 0;
      List<String> said = greedy.parse("s0", sql).sync();
      while (said.isEmpty() && prepared < 100_000) {
        prepared++;
        said = greedy.parse("s" + prepared, sql).sync();
      }
      assertTrue(said.toString().startsWith("[53200 | out of memory"), said.toString());
      int most = prepared;
      assertTrue(most > 1_000, () -> "only " + most);
      long grown = ServerMemory.heapBytes(server) - before;
      assertTrue(grown < 256L << 20, () -> "the heap has grown by " + grown);
      assertEquals(1, number("SELECT 1"));
      assertEquals(List.of("DEALLOCATE ALL"), greedy.run("DEALLOCATE ALL"));
      assertEquals(List.of(), greedy.parse("again", sql).sync());
    }
  }

  private static long number(String query) throws Exception {
    try (ResultSet row = statement.executeQuery(query)) {
      assertTrue(row.next());
      return row.getLong(1);
    }
  }

  private static void await(Condition condition, String what) throws Exception {
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (!condition.holds()) {
      assertTrue(System.nanoTime() < until, () -> "in vain: " + what);
      Thread.sleep(50);
    }
  }

  /// Something to be waited for.
  private interface Condition {
    boolean holds() throws Exception;
  }

  private static long sockets() throws IOException {
    try (Stream<Path> files = Files.list(Path.of("/proc/" + server.process().pid() + "/fd"))) {
      return files.filter(AdmissionTest::isSocket).count();
    }
  }

  private static boolean isSocket(Path file) {
    try {
      return Files.readSymbolicLink(file).toString().startsWith("socket:");
    } catch (IOException e) {
      return false; // closed meanwhile
    }
  }

  /// Connections that are closed together.
  private static final class Clients implements AutoCloseable {
    final List<Client> all = new ArrayList<>();

    Client add() throws IOException {
      Client client = new Client(server.port());
      all.add(client);
      return client;
    }

    @Override
    public void close() throws IOException {
      for (Client client : all) {
        client.socket.close();
      }
    }
  }

  /// A connection over which nothing is said by itself.
  private static final class Client {
    private static final byte[] STARTUP =
        "user\0postgres\0database\0postgres\0application_name\0deaf\0\0"
            .getBytes(StandardCharsets.US_ASCII);

    final Socket socket;

    Client(int port) throws IOException {
      socket = new Socket(InetAddress.getLoopbackAddress(), port);
      socket.setSoTimeout(60_000);
    }

    void out(int... bytes) throws IOException {
      for (int b : bytes) {
        socket.getOutputStream().write(b);
      }
    }

    Client startUp() throws IOException {
      int length = 8 + STARTUP.length;
      write(ByteBuffer.allocate(length).putInt(length).putInt(3 << 16).put(STARTUP).array());
      return this;
    }

    void query(String sql) throws IOException {
      byte[] text = (sql + "\0").getBytes(StandardCharsets.UTF_8);
      write(
          ByteBuffer.allocate(5 + text.length)
              .put((byte) 'Q')
              .putInt(4 + text.length)
              .put(text)
              .array());
    }

    private void write(byte[] message) throws IOException {
      socket.getOutputStream().write(message);
    }

    /// The pid of its backend; SQLSTATE and message where it is refused; nothing where it is closed
    /// without a word.
    String answer() throws IOException {
      DataInputStream in = new DataInputStream(socket.getInputStream());
      while (true) {
        int type = in.read();
        if (type < 0) {
          return "";
        }
        byte[] body = in.readNBytes(in.readInt() - 4);
        if (type == 'K') {
          return Integer.toString(ByteBuffer.wrap(body).getInt());
        }
        if (type == 'E') {
          List<String> fields = List.of(new String(body, StandardCharsets.UTF_8).split("\0"));
          return fields.get(2).substring(1) + " " + fields.get(3).substring(1);
        }
      }
    }
  }
}
