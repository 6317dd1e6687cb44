package dev.lifeline.main;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lifeline.events.journal.Journal;
import dev.lifeline.events.journal.JournalReader;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The event log as a table: what it shows, who may see it, and that a look at a part of a long log
/// reads that part.
class EventsTableTest {
  private static final int COMMITS = 4_000;

  @TempDir private static Path dir;
  private static LifelineProcess server;

  @BeforeAll
  static void start() throws Exception {
    server = LifelineProcess.start(dir.resolve("data"));
    try (Connection connection = server.connect("postgres");
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE ROLE watcher LOGIN");
      statement.execute("GRANT pg_monitor TO watcher");
      statement.execute("CREATE ROLE bob LOGIN");
      statement.execute("CREATE TABLE t (n int)");
      statement.execute("SET synchronous_commit = off");
      try (PreparedStatement insert = connection.prepareStatement("INSERT INTO t VALUES (?)")) {
        for (int i = 0; i < COMMITS; i++) {
          insert.setInt(1, i);
          insert.executeUpdate();
        }
      }
    }
  }

  @AfterAll
  static void stop() throws Exception {
    assertEquals(0, server.stop("INT"), server.log());
  }

  private static Connection connect(String user) throws SQLException {
    return DriverManager.getConnection(
        server.url("postgres").replace("user=postgres", "user=" + user));
  }

  private static List<String> rows(String query) throws SQLException {
    try (Connection connection = server.connect("postgres");
        Statement statement = connection.createStatement()) {
      return rows(statement, query);
    }
  }

  private static List<String> rows(Statement statement, String query) throws SQLException {
    List<String> rows = new ArrayList<>();
    try (ResultSet result = statement.executeQuery(query)) {
      while (result.next()) {
        List<String> columns = new ArrayList<>();
        for (int i = 1; i <= result.getMetaData().getColumnCount(); i++) {
          columns.add(String.valueOf(result.getString(i)));
        }
        rows.add(String.join("|", columns));
      }
    }
    return rows;
  }

  @Test
  void theRowsAreTheJournal() throws Exception {
    JournalReader journal = JournalReader.of(server.directory().resolve(Journal.DIRECTORY));
    long last = journal.lastSequence();
    List<String> expected =
        journal.read(1, (int) last).stream()
            .map(line -> {
              String text = line.toString();
              return line.sequence() + "|" + field(text, "type") + "|" + field(text, "subject");
            })
            .toList();
    assertEquals(
        expected,
        rows(
            "SELECT sequence, type, backend_type || '/' || pid FROM lifeline.events"
                + " WHERE sequence <= "
                + last));
    assertEquals(
        List.of("t|t|t|t"),
        rows(
            "SELECT count(*) >= "
                + COMMITS
                + ", count(xid) = count(*), count(lsn) = count(*), min(data) LIKE '{\"pid\":%'"
                + " FROM (SELECT xid, lsn, data::text FROM lifeline.events"
                + " WHERE event = 'transaction.committed') c (xid, lsn, data)"));
    assertEquals(
        List.of("postmaster.started|t|t"),
        rows("SELECT event, time < now(), cause IS NULL FROM lifeline.events WHERE sequence = 1"));
  }

  private static String field(String line, String name) {
    Matcher matcher = Pattern.compile("\"" + name + "\":\"([^\"]*)\"").matcher(line);
    assertTrue(matcher.find(), line);
    return matcher.group(1);
  }

  /// What EXPLAIN ANALYZE says of the journal, and the condition that went to it.
  private static String explained(String query) throws SQLException {
    return String.join(
        "\n",
        rows("EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF) " + query).stream()
            .map(line -> line.strip().replaceFirst("^->  ", ""))
            .filter(line -> line.startsWith("Journal") || line.startsWith("Seq Scan"))
            .toList());
  }

  private static long figure(String explained, String name) {
    Matcher matcher = Pattern.compile(name + ": ([0-9]+)").matcher(explained);
    assertTrue(matcher.find(), explained);
    return Long.parseLong(matcher.group(1));
  }

  @Test
  void conditionsOnSequenceTimeAndTypeSpareTheReading() throws Exception {
    String whole = explained("SELECT * FROM lifeline.events");
    long blocks = figure(whole, "Journal Blocks");
    assertTrue(blocks > 20, whole);
    assertTrue(whole.startsWith("Seq Scan on events (actual rows="), whole);

    String one = explained("SELECT * FROM lifeline.events WHERE sequence = 2000");
    assertEquals(
        "Seq Scan on events (actual rows=1 loops=1)\nJournal Cond: (sequence = 2000)\n"
            + "Journal Segments: 1\nJournal Blocks: 1",
        one.substring(0, one.lastIndexOf('\n')));

    String start = explained("SELECT * FROM lifeline.events WHERE event = 'postmaster.started'");
    assertTrue(start.contains("Journal Cond: (event = 'postmaster.started'::text)"), start);
    assertTrue(start.contains("actual rows=1"), start);
    assertTrue(figure(start, "Journal Blocks") < blocks / 4, start);

    String middle =
        explained(
            "SELECT * FROM lifeline.events WHERE time BETWEEN"
                + " (SELECT time FROM lifeline.events WHERE sequence = 1000) AND"
                + " (SELECT time FROM lifeline.events WHERE sequence = 1010)");
    assertTrue(middle.contains("Journal Cond: ((\"time\" >= $0) AND (\"time\" <= $1))"), middle);

    String several =
        explained(
            "SELECT * FROM lifeline.events"
                + " WHERE type IN ('dev.lifeline.process.crashed.v1', 'dev.lifeline.x.v1')");
    assertEquals(0, figure(several, "Journal Events") / 4_000, several);
    String none = explained("SELECT * FROM lifeline.events WHERE sequence = NULL::int8");
    assertTrue(none.isEmpty() || figure(none, "Journal Blocks") == 0, none);
  }

  /// The rows are in the order of the sequence already, and who wants the last ones reads the end.
  @Test
  void theLastEventsAreReadFromTheEnd() throws Exception {
    String last =
        "SELECT sequence FROM lifeline.events WHERE sequence < 3000 ORDER BY sequence DESC LIMIT 3";
    assertEquals(List.of("2999", "2998", "2997"), rows(last));
    for (String query :
        List.of(
            last,
            "SELECT * FROM lifeline.events ORDER BY sequence DESC LIMIT 10",
            "SELECT event FROM lifeline.events WHERE pid > 0 ORDER BY sequence DESC LIMIT 10",
            "SELECT * FROM (SELECT * FROM lifeline.events) e ORDER BY sequence DESC LIMIT 10")) {
      String explained = explained(query);
      assertTrue(explained.startsWith("Seq Scan Backward on events"), explained);
      assertTrue(figure(explained, "Journal Blocks") <= 16, explained);
    }
    assertEquals(
        List.of("Limit", "->  Seq Scan on events"),
        rows("EXPLAIN (COSTS OFF) SELECT * FROM lifeline.events ORDER BY sequence LIMIT 1").stream()
            .map(String::strip)
            .toList());
    assertEquals(
        List.of("t"),
        rows(
            "SELECT (SELECT array_agg(sequence ORDER BY sequence DESC) FROM lifeline.events"
                + " WHERE sequence <= 4000) = (SELECT array_agg(sequence) FROM (SELECT sequence"
                + " FROM lifeline.events WHERE sequence <= 4000 ORDER BY sequence DESC) e)"));
  }

  @Test
  void aPreparedConditionIsTakenWhenItIsKnown() throws Exception {
    try (Connection connection = server.connect("postgres");
        PreparedStatement query =
            connection.prepareStatement(
                "SELECT count(*) FROM lifeline.events WHERE sequence > ? AND sequence <= ?")) {
      for (int i = 0; i < 12; i++) {
        query.setLong(1, i * 10L);
        query.setLong(2, i * 10L + i);
        try (ResultSet row = query.executeQuery()) {
          row.next();
          assertEquals(i, row.getInt(1));
        }
      }
    }
  }

  /// More rows than fit into a batch, wanted a few at a time, and then not any more.
  @Test
  void theRowsComeAsTheyAreWanted() throws Exception {
    try (Connection connection = server.connect("postgres");
        Statement statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      statement.setFetchSize(100);
      try (ResultSet result = statement.executeQuery("SELECT sequence FROM lifeline.events")) {
        for (int i = 1; i <= 3_000; i++) {
          assertTrue(result.next());
          assertEquals(i, result.getLong(1));
        }
      }
      connection.rollback();
    }
    assertEquals(List.of("1", "2", "3"), rows("SELECT sequence FROM lifeline.events LIMIT 3"));
  }

  @Test
  void itIsForThoseWhoMayWatchTheServer() throws Exception {
    try (Connection watcher = connect("watcher");
        Statement statement = watcher.createStatement()) {
      assertEquals(1, rows(statement, "SELECT 1 FROM lifeline.events WHERE sequence = 1").size());
    }
    try (Connection bob = connect("bob");
        Statement statement = bob.createStatement()) {
      SQLException refused =
          assertThrows(
              SQLException.class, () -> rows(statement, "SELECT count(*) FROM lifeline.events"));
      assertEquals("42501", refused.getSQLState());
      assertTrue(
          refused.toString().contains("permission denied for view events"), refused::toString);
    }
    try (Connection connection = server.connect("postgres");
        Statement statement = connection.createStatement()) {
      assertThrows(SQLException.class, () -> statement.execute("DELETE FROM lifeline.events"));
      assertThrows(SQLException.class, () -> statement.execute("DROP SCHEMA lifeline CASCADE"));
      assertThrows(SQLException.class, () -> statement.execute("DROP VIEW lifeline.events"));
    }
  }

  @Test
  void psqlDescribesIt() throws Exception {
    Tools.Result result =
        Tools.run(
            "",
            List.of(
                Tools.find("psql").toString(),
                "-X",
                "-h",
                "127.0.0.1",
                "-p",
                String.valueOf(server.port()),
                "-U",
                "postgres",
                "-d",
                "postgres",
                "-c",
                "\\d lifeline.events"));
    assertEquals(0, result.exitCode(), result::both);
    assertTrue(result.out().contains("View \"lifeline.events\""), result::both);
    assertTrue(result.out().contains("lsn          | pg_lsn"), result::both);
  }
}
