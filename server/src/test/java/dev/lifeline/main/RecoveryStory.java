package dev.lifeline.main;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/// What one server goes through in [PointInTimeRecoveryTest], and what its log and its clients saw
/// of each step.
final class RecoveryStory {
  private static final String CONFIGURATION =
      """
      listen_addresses = '127.0.0.1'
      unix_socket_directories = ''
      shared_buffers = 16MB
      fsync = off
      max_connections = 20
      log_line_prefix = '|'
      log_timezone = 'UTC'
      TimeZone = 'UTC'
      log_checkpoints = off
      autovacuum = off
      recovery_prefetch = off
      archive_mode = on
      archive_command = 'test ! -f ../archive-NAME/%f && cp %p ../archive-NAME/%f'
      restore_command = 'cp ../archive-NAME/%f %p 2>/dev/null'
      recovery_target_timeline = '1'
      recovery_target_action = 'promote'
      """;

  private static final int ROWS_BEFORE_COPY = 50;

  private final ReferenceServer server;
  private final String own;
  private final String name;
  private final Path parent;
  private final Map<String, List<String>> steps = new LinkedHashMap<>();
  private final List<String> seen = new ArrayList<>();
  private int logged;

  /// How many rows there were before the accident.
  private int whole;

  private String time = "";
  private String xid = "";
  private String lsn = "";

  /// @param own what only this server is configured with
  RecoveryStory(ReferenceServer server, String own) {
    this.own = own;
    this.server = server;
    this.name = String.valueOf(server.directory().getFileName());
    this.parent = server.directory().resolveSibling("");
  }

  private Path copy() {
    return parent.resolve("copy-" + name);
  }

  private Path archive() {
    return parent.resolve("archive-" + name);
  }

  private static void sh(String command) throws Exception {
    Tools.Result result = Tools.run("", List.of("sh", "-c", command));
    assertEquals(0, result.exitCode(), result.both());
  }

  private static void execute(Connection session, String sql) throws SQLException {
    try (Statement statement = session.createStatement()) {
      statement.execute(sql);
    }
  }

  private static String one(Connection session, String sql) throws SQLException {
    return ReferenceServer.query(session, sql).getFirst();
  }

  /// Runs it; returns for each step what the clients saw and then what the log said.
  Map<String, List<String>> run() throws Exception {
    sh("mkdir -m 777 " + archive());
    server.configure(CONFIGURATION.replace("NAME", name) + own + "\nport = " + server.port());
    server.start();
    makeBaseCopy();
    server.signal("INT");
    server.awaitExit();
    step("base copy");

    recover("name", "recovery_target_name = 'before the accident'", whole);
    recover("time", "recovery_target_time = '" + time + "'", whole);
    recover("xid exclusive", xidTarget() + "\nrecovery_target_inclusive = off", whole);
    recover("xid inclusive", xidTarget(), 0);
    recover("lsn", "recovery_target_lsn = '" + lsn + "'\nrecovery_target_inclusive = off", whole);
    recover("second timeline", "recovery_target_timeline = '2'", whole + 1);
    recover("latest timeline", "recovery_target_timeline = 'latest'", whole + 2);
    contents("*.history");
    step("histories");
    refuse("no such point", "recovery_target_name = 'no such point'");
    refuse("no such timeline", "recovery_target_timeline = '77'");
    refuse("two targets", xidTarget() + "\nrecovery_target = 'immediate'");
    refuse("no restore_command", "restore_command = ''");
    endAtTarget();
    beKilled();
    return steps;
  }

  private String xidTarget() {
    return "recovery_target_xid = '" + xid + "'";
  }

  /// Ends a step: what was seen since the one before.
  private void step(String step) throws IOException {
    List<String> log = server.log();
    List<String> lines = new ArrayList<>(seen);
    for (String line : log.subList(logged, log.size())) {
      String said = line.replaceFirst("^(lifeline: |\\||(?=DETAIL:|HINT:))", "");
      // A session of the story that has gone may, or may not, hear of the shutdown.
      if (said.matches("[A-Z]+:  .*")
          && !said.contains("terminating connection due to administrator")) {
        lines.add(normal(said));
      }
    }
    logged = log.size();
    seen.clear();
    steps.put(step, lines);
  }

  private static String normal(String line) {
    return line.replaceAll("\"[0-9A-F]{8}[0-9A-F]{16}\"", "SEGMENT")
        .replaceAll("\\b[0-9A-F]{24}(\\.[0-9A-F]{8}\\b)?", "SEGMENT")
        .replaceAll("starting PostgreSQL .*", "starting PostgreSQL")
        .replaceAll("port \\d+", "port PORT")
        .replaceAll("\\b[0-9A-F]+/[0-9A-F]+\\b", "LSN")
        .replaceAll("\\d{4}-\\d\\d-\\d\\d [0-9:.]+( UTC|\\+00)?", "TIME")
        .replaceAll("transaction \\d+", "transaction XID")
        .replaceAll("to XID \\d+", "to XID XID")
        .replaceAll("PID \\d+", "PID")
        .replaceAll("system usage: .*", "system usage");
  }

  /// Copies the directory while rows are inserted; then the accident.
  private void makeBaseCopy() throws Exception {
    try (Connection session = server.connect();
        Connection backup = server.connect()) {
      execute(session, "CREATE TABLE ledger (n int PRIMARY KEY, v text)");
      AtomicBoolean over = new AtomicBoolean();
      AtomicInteger acknowledged = new AtomicInteger();
      CompletableFuture<Void> writer = writer(over, acknowledged);
      while (acknowledged.get() < ROWS_BEFORE_COPY) {
        Thread.sleep(5);
      }
      outsideOfRecovery(session);
      tell(backup, "SELECT pg_backup_stop()");
      one(backup, "SELECT pg_backup_start('story', true)");
      tell(backup, "SELECT pg_backup_start('another', true)");
      sh("cp -a " + server.directory() + " " + copy());
      sh("cd " + copy() + " && rm -rf postmaster.pid pg_wal/0* pg_wal/archive_status/*");
      String label = one(backup, "SELECT labelfile || spcmapfile FROM pg_backup_stop()");
      label.lines().map(RecoveryStory::normal).forEach(seen::add);
      tell(backup, "SELECT pg_backup_stop()");
      over.set(true);
      writer.join();
      Files.writeString(copy().resolve("backup_label"), label);
      sh("chmod 666 " + copy() + "/backup_label");
      whole = acknowledged.get() + 1;
      accident(session);
      seen.add("archived without a failure " + archived(session));
      contents("*.backup");
    }
  }

  /// What functions say that are for another time.
  private void outsideOfRecovery(Connection session) {
    for (String call :
        List.of(
            "pg_wal_replay_pause()",
            "pg_wal_replay_resume()",
            "pg_is_wal_replay_paused()",
            "pg_get_wal_replay_pause_state()",
            "pg_promote()",
            "pg_last_wal_replay_lsn()",
            "pg_last_wal_receive_lsn()",
            "pg_last_xact_replay_timestamp()",
            "pg_create_restore_point(repeat('x', 64))",
            "pg_backup_start(repeat('x', 1025))")) {
      tell(session, "SELECT " + call);
    }
  }

  /// What a client sees of a statement.
  private void tell(Connection session, String sql) {
    try {
      seen.add(sql + ": " + normal(one(session, sql)));
    } catch (SQLException refused) {
      ServerErrorMessage error =
          refused instanceof PSQLException known ? known.getServerErrorMessage() : null;
      seen.add(
          sql
              + ": "
              + refused.getSQLState()
              + (error == null ? "" : " " + error.getMessage() + " " + error.getHint()));
    }
  }

  /// What small files of the archive say.
  private void contents(String glob) throws Exception {
    List<Path> found = new ArrayList<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(archive(), glob)) {
      files.forEach(found::add);
    }
    Collections.sort(found);
    for (Path file : found) {
      seen.add("file " + normal(String.valueOf(file.getFileName())));
      Files.readAllLines(file).stream().map(RecoveryStory::normal).forEach(seen::add);
    }
  }

  private void accident(Connection session) throws Exception {
    execute(session, "INSERT INTO ledger VALUES (1000000, 'the last good one')");
    one(session, "SELECT pg_create_restore_point('before the accident')");
    lsn = one(session, "SELECT pg_current_wal_insert_lsn()");
    Thread.sleep(5);
    time = one(session, "SELECT clock_timestamp()");
    Thread.sleep(5);
    execute(session, "BEGIN");
    execute(session, "DELETE FROM ledger");
    xid = one(session, "SELECT pg_current_xact_id()");
    execute(session, "COMMIT");
    execute(session, "INSERT INTO ledger VALUES (2000000, 'after it')");
  }

  /// Ends the segment, and waits until the archive has it.
  private static String archived(Connection session) throws Exception {
    long until = System.nanoTime() + 120_000_000_000L;
    String last = one(session, "SELECT pg_walfile_name(pg_switch_wal())");
    while (System.nanoTime() < until) {
      if (one(session, "SELECT coalesce(last_archived_wal, '') FROM pg_stat_archiver")
              .compareTo(last)
          >= 0) {
        return one(session, "SELECT failed_count = 0 FROM pg_stat_archiver");
      }
      Thread.sleep(20);
    }
    throw new IllegalStateException("not archived: " + last);
  }

  private CompletableFuture<Void> writer(AtomicBoolean over, AtomicInteger acknowledged) {
    return CompletableFuture.runAsync(
        () -> {
          try (Connection session = server.connect()) {
            while (!over.get()) {
              execute(
                  session,
                  "INSERT INTO ledger VALUES (" + acknowledged.get() + ", repeat('x', 500))");
              acknowledged.incrementAndGet();
            }
          } catch (SQLException e) {
            throw new IllegalStateException(e);
          }
        },
        ReferenceScript.THREADS);
  }

  /// Puts a fresh copy of the copy in the server's place.
  private void restoreCopy(String configuration) throws Exception {
    sh("rm -rf " + server.directory() + " && cp -a " + copy() + " " + server.directory());
    server.configure(configuration);
    Path signal = server.directory().resolve("recovery.signal");
    sh("touch " + signal + " && chmod 666 " + signal);
  }

  /// Recovers.
  ///
  /// @param rows that it has then
  private void recover(String step, String target, int rows) throws Exception {
    restoreCopy(target);
    server.start();
    look(rows);
    server.signal("INT");
    server.awaitExit();
    step(step);
  }

  private void look(int rows) throws Exception {
    try (Connection session = server.connect()) {
      int missing = rows - Integer.parseInt(one(session, "SELECT count(*) FROM ledger"));
      seen.add("rows missing " + missing);
      seen.add(
          "timeline "
              + one(session, "SELECT substr(pg_walfile_name(pg_current_wal_insert_lsn()), 1, 8)"));
      seen.add("in recovery " + one(session, "SELECT pg_is_in_recovery()"));
      execute(session, "INSERT INTO ledger SELECT coalesce(max(n), 0) + 1, 'life' FROM ledger");
      archived(session);
    }
    for (String file : server.directory().toFile().list()) {
      if (file.startsWith("backup_label") || file.endsWith(".signal")) {
        seen.add("there is " + file);
      }
    }
  }

  private void refuse(String step, String configuration) throws Exception {
    restoreCopy(configuration);
    seen.add("exit code " + server.startAndEnd());
    step(step);
  }

  /// The server ends when it is consistent, and is then told to go on. What a command that is run
  /// at the end says is a warning.
  private void endAtTarget() throws Exception {
    restoreCopy("recovery_target = 'immediate'\nrecovery_target_action = 'pause'");
    seen.add("exit code " + server.startAndEnd());
    step("pause at consistency");
    server.configure(
        "recovery_target_action = 'promote'\nrecovery_end_command = 'echo %r > ended; false'");
    server.start();
    seen.add("oldest file " + Files.readString(server.directory().resolve("ended")).length());
    server.signal("INT");
    server.awaitExit();
    step("promoted later");
  }

  /// The server is killed while it waits for the archive, and started again.
  private void beKilled() throws Exception {
    Path stuck = server.directory().resolve("stuck");
    restoreCopy(
        "restore_command = 'if test %f = \"$(cat last)\" && test -f stuck; then touch waits; while"
            + " test -f stuck; do sleep 0.05; done; fi; cp ../archive-NAME/%f %p 2>/dev/null'"
                .replace("NAME", name));
    sh("touch " + stuck);
    sh("cd " + archive() + " && ls 00000001???????????????? | tail -1 > " + stuck + ".x");
    sh(
        "mv "
            + stuck
            + ".x "
            + server.directory()
            + "/last; chmod 666 "
            + server.directory()
            + "/last");
    server.startUntil("redo starts at");
    long until = System.nanoTime() + 60_000_000_000L;
    while (!Files.exists(server.directory().resolve("waits"))) {
      if (System.nanoTime() > until) {
        throw new IllegalStateException(server.log().toString());
      }
      Thread.sleep(10);
    }
    server.killAll();
    step("killed");
    sh("rm -f " + stuck + " " + server.directory() + "/postmaster.pid");
    server.start();
    look(1);
    server.signal("INT");
    server.awaitExit();
    step("started after it");
  }
}
