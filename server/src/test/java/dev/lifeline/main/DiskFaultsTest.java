package dev.lifeline.main;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/// What a server says and does when its disk is full, fails or has forgotten what was written. A
/// link to `/dev/full` in the place of a file is a full disk, one to `/dev/null` is a file that can
/// be written and not synced.
class DiskFaultsTest {
  private static final int PAGE_SIZE = 8192;

  @TempDir private Path dir;

  @Test
  void faultsAreToldAndNothingIsLost() throws Exception {
    try (LifelineProcess server = LifelineProcess.start(dir.resolve("data"))) {
      execute(server, "CREATE TABLE crowded (id int)");
      execute(server, "CREATE TABLE torn (id int)");
      execute(server, "INSERT INTO torn SELECT * FROM generate_series(1, 500)");
      execute(server, "CREATE TABLE forgetful (id int)");
      execute(server, "CREATE TABLE kept (id int)");
      Path crowded = file(server, "crowded");
      Path torn = file(server, "torn");
      Path forgetful = file(server, "forgetful");
      assertEquals(0, server.stop("INT"), server.log());

      replace(crowded, Path.of("/dev/full"));
      replace(forgetful, Path.of("/dev/null"));
      flipByte(torn, PAGE_SIZE + 5000);
      server.restart();
      aFullDiskIsTheStatementsError(server, crowded);
      aDamagedPageIsTheStatementsError(server, torn);
      aFailedSyncIsAPanic(server, forgetful);
      noRoomForTheWalIsAPanic(server);
      assertEquals(0, server.stop("INT"), server.log());
      server.verifyEvents();
      flipByte(torn, PAGE_SIZE + 5000);
      server.checkFiles();
    }
  }

  private static void aFullDiskIsTheStatementsError(LifelineProcess server, Path file)
      throws Exception {
    ServerErrorMessage error = failure(server, "INSERT INTO crowded VALUES (1)");
    assertEquals("53100", error.getSQLState());
    assertEquals(
        "could not extend file \"%s\": No space left on device".formatted(relative(server, file)),
        error.getMessage());
    assertEquals("Check free disk space.", error.getHint());
    execute(server, "INSERT INTO kept VALUES (1)");
    assertEquals(0, count(server, "crowded"));
    repair(file);
  }

  private static void aDamagedPageIsTheStatementsError(LifelineProcess server, Path file)
      throws Exception {
    for (int i = 0; i < 2; i++) {
      ServerErrorMessage error = failure(server, "SELECT count(*) FROM torn");
      assertEquals("XX001", error.getSQLState());
      assertEquals(
          "invalid page in block 1 of relation " + relative(server, file), error.getMessage());
    }
    assertEquals(1, count(server, "kept"));
  }

  /// The server crashes, never tries again, and recovers with a disk that works.
  private static void aFailedSyncIsAPanic(LifelineProcess server, Path file) throws Exception {
    int before = timesReady(server);
    execute(server, "INSERT INTO forgetful VALUES (1)");
    repair(file);
    assertThrows(SQLException.class, () -> execute(server, "CHECKPOINT"));
    awaitRestart(server, before);
    assertTrue(
        server.log().contains("PANIC:  could not fsync file \"" + relative(server, file) + "\": "),
        server.log());
    assertEquals(1, count(server, "forgetful"), "its commit was acknowledged");
    execute(server, "CHECKPOINT");
  }

  private static void noRoomForTheWalIsAPanic(LifelineProcess server) throws Exception {
    Path wal = server.directory().resolve("pg_wal");
    for (int number = 1; number < 20; number++) {
      Files.createSymbolicLink(wal.resolve("xlogtemp." + number), Path.of("/dev/full"));
    }
    int before = timesReady(server);
    int acknowledged = 0;
    try (Connection connection = server.connect("postgres");
        Statement statement = connection.createStatement()) {
      while (acknowledged < 10_000) {
        statement.execute("INSERT INTO kept SELECT * FROM generate_series(1, 10000)");
        acknowledged++;
      }
    } catch (SQLException end) {
      assertTrue(acknowledged > 0, end.getMessage());
    }
    awaitRestart(server, before);
    assertTrue(
        server.log().contains("PANIC:  could not write to file \"pg_wal/xlogtemp."), server.log());
    assertTrue(server.log().contains(": No space left on device"), server.log());
    long rows = count(server, "kept") - 1;
    assertTrue(
        rows == 10_000L * acknowledged || rows == 10_000L * (acknowledged + 1),
        rows + " rows after " + acknowledged + " commits");
  }

  private static void replace(Path file, Path target) throws Exception {
    Files.delete(file);
    Files.createSymbolicLink(file, target);
  }

  /// The server has the link's target open; the next start opens the file that is there then.
  private static void repair(Path file) throws Exception {
    Files.delete(file);
    Files.createFile(file);
  }

  private static void flipByte(Path file, long at) throws Exception {
    try (RandomAccessFile content = new RandomAccessFile(file.toFile(), "rw")) {
      content.seek(at);
      int old = content.read();
      content.seek(at);
      content.write(old ^ 0x10);
    }
  }

  private static Path file(LifelineProcess server, String table) throws SQLException {
    try (Connection connection = server.connect("postgres");
        Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                "SELECT 'base/' || d.oid || '/' || c.relfilenode FROM pg_class c, pg_database d"
                    + " WHERE d.datname = 'postgres' AND c.relname = '"
                    + table
                    + "'")) {
      row.next();
      return server.directory().resolve(row.getString(1));
    }
  }

  private static String relative(LifelineProcess server, Path file) {
    return server.directory().relativize(file).toString();
  }

  private static void execute(LifelineProcess server, String sql) throws SQLException {
    try (Connection connection = server.connect("postgres");
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static ServerErrorMessage failure(LifelineProcess server, String sql) {
    PSQLException e = assertThrows(PSQLException.class, () -> execute(server, sql));
    return Objects.requireNonNull(e.getServerErrorMessage());
  }

  private static long count(LifelineProcess server, String table) throws SQLException {
    try (Connection connection = server.connect("postgres");
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT count(*) FROM " + table)) {
      row.next();
      return row.getLong(1);
    }
  }

  private static int timesReady(LifelineProcess server) throws Exception {
    return server.log().split("database system is ready to accept connections", -1).length;
  }

  private static void awaitRestart(LifelineProcess server, int timesReadyBefore) throws Exception {
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (timesReady(server) == timesReadyBefore) {
      assertTrue(System.nanoTime() < until, server.log());
      Thread.sleep(20);
    }
  }
}
