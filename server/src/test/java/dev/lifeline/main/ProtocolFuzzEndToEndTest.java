package dev.lifeline.main;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Broken messages from a seed over TCP, on live sessions of a server in a JVM of its own: whatever
/// becomes of those sessions, the server does not crash, no other session notices, and its memory
/// does not grow.
///
/// `-Dlifeline.fuzz.messages=1000000` and `-Dlifeline.fuzz.seed=...` make the run long, and
/// another.
class ProtocolFuzzEndToEndTest {
  private static final int MESSAGES = Integer.getInteger("lifeline.fuzz.messages", 20_000);
  private static final long SEED = Long.getLong("lifeline.fuzz.seed", 42);
  private static final int SESSIONS = 8;
  private static final int ROWS = 100;

  /// What the heap may hold more at the end than after the warm-up: caches and pools that fill.
  private static final long GROWTH_BYTES_MAX = 48L << 20;

  @TempDir private Path dir;

  @Test
  void brokenMessagesHarmNobody() throws Exception {
    try (LifelineProcess server = LifelineProcess.start(dir.resolve("data"))) {
      try (Connection witness = server.connect("postgres");
          Statement statement = witness.createStatement()) {
        statement.execute("CREATE TABLE kept (id int PRIMARY KEY, v text)");
        statement.execute("INSERT INTO kept SELECT i, 'v' || i FROM generate_series(1, 100) i");
        statement.execute("CREATE TABLE played (id int, v text)");
        statement.execute("CREATE ROLE fuzzer LOGIN");
        statement.execute("GRANT SELECT ON kept TO fuzzer");
        statement.execute("GRANT ALL ON played TO fuzzer");
        int pid = ReferenceServer.backendPid(witness);
        long warm = run(server, witness, pid);
        long heap = ServerMemory.heapBytes(server);
        long grown = heap - warm;
        System.out.printf(
            "fuzz: %d messages, heap after warm-up %d kB, at the end %d kB, resident %d kB%n",
            MESSAGES, warm >> 10, heap >> 10, residentKb(server));
        assertTrue(grown < GROWTH_BYTES_MAX, "the heap has grown by " + grown);
      }
      String log = server.log();
      for (String word : List.of("failed unexpectedly", "was terminated", "PANIC", "OutOfMemory")) {
        assertFalse(log.contains(word), () -> word + " in the log of seed " + SEED);
      }
      assertEquals(0, server.stop("INT"));
    }
  }

  /// Returns the heap after a tenth of the messages.
  private static long run(LifelineProcess server, Connection witness, int pid) throws Exception {
    Random random = new Random(SEED);
    List<FuzzedSession> sessions = new ArrayList<>();
    for (int i = 0; i < SESSIONS; i++) {
      sessions.add(new FuzzedSession(server.port(), random));
    }
    long warm = 0;
    int sent = 0;
    int rounds = 0;
    while (sent < MESSAGES) {
      for (FuzzedSession session : sessions) {
        sent += session.burst();
      }
      if (++rounds % 50 == 0) {
        check(witness, pid);
      }
      if (warm == 0 && sent >= MESSAGES / 10) {
        warm = ServerMemory.heapBytes(server);
      }
    }
    for (FuzzedSession session : sessions) {
      session.close();
    }
    check(witness, pid);
    return warm;
  }

  /// The session beside them is the same as before, and sees what it saw before.
  private static void check(Connection witness, int pid) throws Exception {
    try (Statement statement = witness.createStatement();
        ResultSet row =
            statement.executeQuery("SELECT count(*), min(v), pg_backend_pid() FROM kept")) {
      assertTrue(row.next());
      assertEquals(ROWS, row.getInt(1), () -> "seed " + SEED);
      assertEquals("v1", row.getString(2));
      assertEquals(pid, row.getInt(3));
    }
  }

  private static long residentKb(LifelineProcess server) throws IOException {
    return Files.readAllLines(Path.of("/proc/" + server.process().pid() + "/status")).stream()
        .filter(line -> line.startsWith("VmRSS"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
        .sum();
  }

  /// Reads of a buffer what a server sends, for nothing but to make room.
  static final ByteBuffer DRAIN = ByteBuffer.allocate(64 << 10);
}
