package dev.lifeline.main;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The logging collector beside PostgreSQL's: the files that it writes, their formats field by
/// field, rotation by request and by size.
class LogCollectorTest {
  private static final String CONFIGURATION =
      """
      listen_addresses = '127.0.0.1'
      unix_socket_directories = ''
      fsync = off
      logging_collector = on
      log_destination = 'stderr,csvlog,jsonlog'
      log_filename = 'server-%Y-%m.log'
      log_connections = on
      log_disconnections = on
      log_line_prefix = '%l|%-12u|%5d|%a|%i|%e|'
      """;

  /// What differs from run to run.
  private static final Set<String> VOLATILE =
      Set.of("timestamp", "pid", "session_id", "remote_port", "session_start");

  @TempDir private Path dir;

  @Test
  void theFormatsArePostgresqls() throws Exception {
    List<Map<String, List<String>>> logs = new ArrayList<>();
    for (ReferenceServer server :
        List.of(ReferenceServer.postgres(dir), ReferenceServer.lifeline(dir))) {
      try (server) {
        logs.add(run(server));
      }
    }

    logs.getFirst()
        .forEach((format, lines) -> {
          List<String> ours = logs.getLast().get(format);
          assertEquals(String.join("\n", lines), String.join("\n", ours), format);
        });
  }

  /// Nobody but its readers notices: what is logged meanwhile waits for the next one, which the
  /// postmaster forks at once.
  @Test
  void aCrashOfTheLoggerIsNoCrashOfTheCluster() throws Exception {
    List<List<String>> logs = new ArrayList<>();
    for (ReferenceServer server :
        List.of(ReferenceServer.postgres(dir), ReferenceServer.lifeline(dir))) {
      try (server) {
        logs.add(crash(server));
      }
    }
    assertEquals(String.join("\n", logs.getFirst()), String.join("\n", logs.getLast()));
  }

  private static List<String> crash(ReferenceServer server) throws Exception {
    server.configure(
        """
        listen_addresses = '127.0.0.1'
        unix_socket_directories = ''
        fsync = off
        logging_collector = on
        log_filename = 'server.log'
        log_line_prefix = '%p|%b|%u|%d|%a|%e|'
        """
            + "port = "
            + server.port());
    server.startWithCollector();
    List<String> seen = new ArrayList<>();
    try (Connection session = server.connect()) {
      int logger = server.loggerPid();
      server.kill(session, logger);
      ReplicationSteps.await(
          "another logger", () -> server.loggerPid() != 0 && server.loggerPid() != logger);
      seen.addAll(ReferenceServer.query(session, "SELECT 'still here'"));
      execute(session, "SELECT 1/0");
    }
    Thread.sleep(300);
    ReferenceLog.normalize(read(server.directory(), ".log").lines().toList()).stream()
        .filter(line -> !tooEarly(line) && !line.contains("starting PostgreSQL"))
        .forEach(seen::add);
    return seen;
  }

  private Map<String, List<String>> run(ReferenceServer server) throws Exception {
    server.configure(CONFIGURATION + "port = " + server.port());
    server.startWithCollector();
    try (Connection session = server.connect()) {
      execute(session, "CREATE TABLE t (id int PRIMARY KEY)");
      execute(session, "INSERT INTO t VALUES (1)");
      execute(session, "INSERT INTO t VALUES (1)");
      execute(session, "SELECT \"a\"\"b\\c\",\n\t'\u00e4' FROM t");
      execute(session, "BEGIN");
      execute(session, "SELECT 1/0");
      execute(session, "ROLLBACK");
      String current = ReferenceServer.query(session, "SELECT pg_current_logfile('csvlog')").get(0);
      assertTrue(current.matches("log/server-\\d{4}-\\d\\d\\.csv"), current);
      assertTrue(server.directory().resolve(current).toFile().exists(), current);
      assertEquals(List.of("t"), ReferenceServer.query(session, "SELECT pg_rotate_logfile()"));
    }
    Path directory = server.directory();
    String listed = Files.readString(directory.resolve("current_logfiles"));
    assertTrue(
        listed.matches(
            """
            stderr log/server-[-0-9]+\\.log
            csvlog log/server-[-0-9]+\\.csv
            jsonlog log/server-[-0-9]+\\.json
            """),
        listed);
    server.signal("INT");
    server.awaitExit();
    assertTrue(
        server.log().stream()
            .anyMatch(line -> line.contains("redirecting log output to logging collector process")),
        server.log().toString());
    Map<String, List<String>> logs = new LinkedHashMap<>();
    logs.put("stderr", plain(read(directory, ".log")));
    logs.put("jsonlog", json(read(directory, ".json")));
    logs.put("csvlog", csv(read(directory, ".csv")));
    return logs;
  }

  private static void execute(Connection session, String sql) {
    try (Statement statement = session.createStatement()) {
      statement.execute(sql);
    } catch (SQLException e) {
      assertTrue(e.getSQLState() != null, e.toString());
    }
  }

  private static String read(Path data, String suffix) throws Exception {
    try (var files = Files.list(data.resolve("log"))) {
      return Files.readString(
          files.filter(file -> file.toString().endsWith(suffix)).findFirst().orElseThrow());
    }
  }

  /// The lines of the session, up to its end.
  private static List<String> plain(String text) {
    return text.lines()
        .filter(line -> !tooEarly(line))
        .filter(line -> line.contains("|postgres    |postgres|") || line.startsWith("\t"))
        .map(ReferenceLog::withoutNumbers)
        .toList();
  }

  /// Who asks whether the server is ready may be told that it is not.
  private static boolean tooEarly(String line) {
    return line.contains("the database system is starting up");
  }

  private static List<String> json(String text) {
    List<String> lines = new ArrayList<>();
    for (String line : text.lines().toList()) {
      JsonObject object = new JsonObject(line);
      if (!"client backend".equals(object.getString("backend_type")) || tooEarly(line)) {
        continue;
      }
      // Lifeline's transactions have no virtual ids.
      object.remove("vxid");
      StringBuilder fields = new StringBuilder();
      object.forEach(field -> {
        Object value = field.getValue();
        String shown =
            VOLATILE.contains(field.getKey())
                ? value.getClass().getSimpleName()
                : field.getKey().equals("txid")
                    ? (object.getLong("txid") == 0 ? "none" : "some")
                    : ReferenceLog.withoutNumbers(value.toString());
        fields.append(field.getKey()).append('=').append(shown).append(' ');
      });
      lines.add(fields.toString());
    }
    return lines;
  }

  /// Records may have newlines in them; what differs from run to run is in the first columns.
  private static List<String> csv(String text) {
    List<String> rows = new ArrayList<>();
    for (String record : text.split("\n(?=\\d{4}-\\d\\d-\\d\\d )", -1)) {
      List<String> columns = split(record.strip());
      if (columns.get(23).equals("\"client backend\"") && !tooEarly(record)) {
        assertEquals(26, columns.size(), record);
        List<String> compared = new ArrayList<>(columns.subList(6, 8));
        compared.addAll(columns.subList(11, 26));
        rows.add(ReferenceLog.withoutNumbers(String.join(",", compared)));
      }
    }
    return rows;
  }

  private static List<String> split(String record) {
    List<String> columns = new ArrayList<>();
    StringBuilder column = new StringBuilder();
    boolean quoted = false;
    for (int i = 0; i < record.length(); i++) {
      char c = record.charAt(i);
      quoted ^= c == '"';
      if (c == ',' && !quoted) {
        columns.add(column.toString());
        column.setLength(0);
      } else {
        column.append(c);
      }
    }
    columns.add(column.toString());
    return columns;
  }
}
