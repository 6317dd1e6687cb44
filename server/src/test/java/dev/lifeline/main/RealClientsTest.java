package dev.lifeline.main;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgBuilder;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Tuple;
import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.BatchUpdateException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.sql.Types;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/// pgjdbc and vertx-pg-client against the whole server.
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class RealClientsTest {
  private static final String HBA =
      """
      host all joe all scram-sha-256
      host all all all trust
      """;

  @TempDir static @Nullable Path home;
  private static @Nullable LifelineProcess server;

  @BeforeAll
  static void start() throws Exception {
    assertNotNull(home);
    Path hba = Files.writeString(home.resolve("hba"), HBA);
    server = LifelineProcess.start(home.resolve("data"), "-c", "hba_file=" + hba);
    try (Connection connection = connect("");
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE ROLE joe LOGIN PASSWORD 'sécret'");
    }
  }

  @AfterAll
  static void stop() throws Exception {
    if (server != null) {
      server.close();
    }
  }

  private static LifelineProcess server() {
    assertNotNull(server);
    return server;
  }

  private static Connection connect(String parameters) throws SQLException {
    return DriverManager.getConnection(server().url("postgres") + parameters);
  }

  private static Connection connectAsJoe(String password) throws SQLException {
    return DriverManager.getConnection(
        "jdbc:postgresql://127.0.0.1:" + server().port() + "/postgres", "joe", password);
  }

  private static String one(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      assertTrue(rows.next());
      return String.valueOf(rows.getString(1));
    }
  }

  private static String failure(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      return String.valueOf(
          assertThrows(SQLException.class, () -> statement.execute(sql)).getSQLState());
    }
  }

  /// A client that listens is told what has been committed, once and in its order, while it is idle
  /// and, where it has a transaction open, when that has ended.
  @Test
  void whoListensIsNotified() throws SQLException {
    try (Connection listener = connect("");
        Connection elsewhere = DriverManager.getConnection(server().url("template1"));
        Connection notifier = connect("");
        Statement listen = listener.createStatement();
        Statement notify = notifier.createStatement()) {
      listen.execute("LISTEN news");
      elsewhere.createStatement().execute("LISTEN news");
      notifier.setAutoCommit(false);
      notify.execute("NOTIFY news, 'rolled back'");
      notifier.rollback();
      notify.execute("NOTIFY news, 'once'");
      Savepoint savepoint = notifier.setSavepoint();
      notify.execute("NOTIFY news, 'to the savepoint'");
      notifier.rollback(savepoint);
      notify.execute("SELECT pg_notify('news', 'once'), pg_notify('other', 'x')");
      notify.execute("NOTIFY news");
      assertEquals(0, listener.unwrap(PGConnection.class).getNotifications(50).length);
      notifier.commit();
      int pid = notifier.unwrap(PGConnection.class).getBackendPID();
      assertEquals(List.of(pid + " news once", pid + " news "), told(listener, 2));

      listener.setAutoCommit(false);
      one(listener, "SELECT 1");
      notify.execute("NOTIFY news, 'later'");
      notifier.commit();
      one(listener, "SELECT 1");
      assertEquals(0, listener.unwrap(PGConnection.class).getNotifications(50).length);
      listener.commit();
      assertEquals(List.of(pid + " news later"), told(listener, 1));

      listen.execute("UNLISTEN *; NOTIFY news, 'nobody hears'");
      listener.commit();
      assertEquals(0, listener.unwrap(PGConnection.class).getNotifications(50).length);
      assertEquals(0, elsewhere.unwrap(PGConnection.class).getNotifications(50).length);
    }
  }

  private static List<String> told(Connection listener, int count) throws SQLException {
    List<String> told = new ArrayList<>();
    while (told.size() < count) {
      PGNotification[] some = listener.unwrap(PGConnection.class).getNotifications(10_000);
      assertTrue(some.length > 0, () -> "nothing came after " + told);
      for (PGNotification one : some) {
        told.add(one.getPID() + " " + one.getName() + " " + one.getParameter());
      }
    }
    return told;
  }

  /// Values of an enum go both ways as text and in binary, and in arrays.
  @Test
  void anEnumIsAString() throws SQLException {
    try (Connection connection = connect("&prepareThreshold=-1");
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE TYPE weather AS ENUM ('rain', 'sun')");
      statement.execute("CREATE TABLE days (w weather, ws weather[])");
      try (PreparedStatement insert =
          connection.prepareStatement("INSERT INTO days VALUES (?, ?)")) {
        insert.setObject(1, "sun", Types.OTHER);
        insert.setArray(2, connection.createArrayOf("weather", new String[] {"sun", "rain"}));
        insert.execute();
        insert.setObject(1, "snow", Types.OTHER);
        assertEquals("22P02", assertThrows(SQLException.class, insert::execute).getSQLState());
      }
      try (PreparedStatement select =
          connection.prepareStatement("SELECT w, ws FROM days WHERE w > CAST(? AS weather)")) {
        select.setString(1, "rain");
        ResultSet rows = select.executeQuery();
        assertTrue(rows.next());
        assertEquals("sun", rows.getString(1));
        assertEquals("weather", rows.getMetaData().getColumnTypeName(1));
        assertArrayEquals(new String[] {"sun", "rain"}, (Object[]) rows.getArray(2).getArray());
      }
      statement.execute("DROP TABLE days; DROP TYPE weather");
    }
  }

  /// Who may read a view reads its tables as the view's owner, and not otherwise.
  @Test
  void aViewIsReadAsItsOwner() throws SQLException {
    try (Connection owner = connect("");
        Statement statement = owner.createStatement()) {
      statement.execute("CREATE TABLE wages (name text, wage int)");
      statement.execute("INSERT INTO wages VALUES ('ada', 7), ('grace', 9)");
      statement.execute("CREATE VIEW wage_names AS SELECT name FROM wages");
      statement.execute("CREATE VIEW secret_names AS SELECT name FROM wages");
      statement.execute("GRANT SELECT ON wage_names TO joe");
    }
    try (Connection joe = connectAsJoe("sécret")) {
      assertEquals("2", one(joe, "SELECT count(*) FROM wage_names"));
      assertEquals("42501", failure(joe, "SELECT name FROM wages"));
      assertEquals("42501", failure(joe, "SELECT name FROM secret_names"));
      assertEquals("42501", failure(joe, "SELECT 1 FROM wage_names JOIN wages USING (name)"));
    }
    try (Connection owner = connect("");
        Statement statement = owner.createStatement()) {
      statement.execute("DROP TABLE wages CASCADE");
    }
  }

  /// The driver's ways to send a statement: as text, as unnamed and as named prepared statement
  /// with text and binary formats.
  @ParameterizedTest
  @ValueSource(
      strings = {"&preferQueryMode=simple", "", "&prepareThreshold=1", "&prepareThreshold=-1"})
  void valuesGoInAndOut(String parameters) throws SQLException {
    try (Connection connection = connect(parameters);
        Statement statement = connection.createStatement()) {
      statement.execute("DROP TABLE IF EXISTS v");
      statement.execute(
          "CREATE TABLE v (id int PRIMARY KEY, t text, n numeric(10, 2), d date, b bool, f float8,"
              + " ts timestamptz, l bigint)");
      try (PreparedStatement insert =
          connection.prepareStatement("INSERT INTO v VALUES (?, ?, ?, ?, ?, ?, ?, ?)")) {
        for (int i = 0; i < 100; i++) {
          insert.setInt(1, i);
          insert.setString(2, i == 7 ? null : "wört " + i);
          insert.setBigDecimal(3, new BigDecimal("12.50"));
          insert.setObject(4, LocalDate.of(2024, 2, 29));
          insert.setBoolean(5, i % 2 == 0);
          insert.setDouble(6, i / 3.0);
          insert.setObject(7, OffsetDateTime.parse("2024-03-01T12:00:00.123456Z"));
          insert.setLong(8, 1L << 40);
          insert.addBatch();
        }
        assertEquals(100, insert.executeBatch().length);
      }
      for (int round = 0; round < 3; round++) {
        checkValues(connection);
      }
    }
  }

  private static void checkValues(Connection connection) throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement("SELECT * FROM v WHERE id >= ? ORDER BY id")) {
      select.setInt(1, 7);
      try (ResultSet rows = select.executeQuery()) {
        assertTrue(rows.next());
        assertEquals(7, rows.getInt("id"));
        assertEquals(null, rows.getString("t"));
        assertTrue(rows.next());
        assertEquals("wört 8", rows.getString("t"));
        assertEquals(new BigDecimal("12.50"), rows.getBigDecimal("n"));
        assertEquals(LocalDate.of(2024, 2, 29), rows.getObject("d", LocalDate.class));
        assertTrue(rows.getBoolean("b"));
        assertEquals(8 / 3.0, rows.getDouble("f"));
        assertEquals(
            OffsetDateTime.parse("2024-03-01T12:00:00.123456Z").toInstant(),
            rows.getObject("ts", OffsetDateTime.class).toInstant());
        assertEquals(1L << 40, rows.getLong("l"));
      }
    }
  }

  /// The statement's own parameters keep their places beside literals that become parameters.
  @Test
  void parametersStandBesideLiterals() throws SQLException {
    try (Connection connection = connect("");
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE TABLE lit (id int PRIMARY KEY, name text, kind int)");
      statement.execute("INSERT INTO lit VALUES (1, 'one', 7), (2, 'two', 7), (3, 'two', 8)");
      for (String sql :
          List.of(
              "SELECT id FROM lit WHERE name LIKE ? AND kind = 7",
              "SELECT id FROM lit WHERE kind = 7 AND name IN (?, 'none')",
              "SELECT max(id) FILTER (WHERE name = ?) FROM lit WHERE kind = 7 AND id > 0")) {
        try (PreparedStatement select = connection.prepareStatement(sql)) {
          assertEquals(1, select.getParameterMetaData().getParameterCount());
          select.setString(1, "two");
          try (ResultSet rows = select.executeQuery()) {
            assertTrue(rows.next());
            assertEquals(2, rows.getInt(1), sql);
            assertFalse(rows.next());
          }
        }
      }
    }
  }

  @Test
  void aResultIsFetchedInParts() throws SQLException {
    try (Connection connection = connect("")) {
      connection.setAutoCommit(false);
      try (Statement statement = connection.createStatement()) {
        statement.setFetchSize(37);
        long sum = 0;
        try (ResultSet rows = statement.executeQuery("SELECT * FROM generate_series(1, 1000)")) {
          while (rows.next()) {
            sum += rows.getInt(1);
          }
        }
        assertEquals(500_500, sum);
      }
      connection.commit();
    }
  }

  @Test
  void errorsTellTheirFields() throws SQLException {
    try (Connection connection = connect("");
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE TABLE e (id int PRIMARY KEY)");
      statement.execute("INSERT INTO e VALUES (1)");
      PSQLException error =
          assertThrows(
              PSQLException.class, () -> statement.execute("INSERT INTO e VALUES (2), (1)"));
      ServerErrorMessage told = error.getServerErrorMessage();
      assertNotNull(told);
      assertEquals("23505", told.getSQLState());
      assertEquals("duplicate key value violates unique constraint \"e_pkey\"", told.getMessage());
      assertEquals("Key (id)=(1) already exists.", told.getDetail());
      assertEquals("e_pkey", told.getConstraint());
      assertEquals("e", told.getTable());
      PSQLException syntax =
          assertThrows(PSQLException.class, () -> statement.execute("SELECT 'ä' FRM e"));
      ServerErrorMessage where = syntax.getServerErrorMessage();
      assertNotNull(where);
      assertEquals("42601", where.getSQLState());
      assertEquals(16, where.getPosition());
    }
  }

  @Test
  void aFailedBatchIsUndone() throws SQLException {
    try (Connection connection = connect("");
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE TABLE b (id int PRIMARY KEY)");
      connection.setAutoCommit(false);
      for (int id : new int[] {1, 2, 2, 3}) {
        statement.addBatch("INSERT INTO b VALUES (" + id + ")");
      }
      assertThrows(BatchUpdateException.class, statement::executeBatch);
      assertEquals("25P02", failure(connection, "SELECT 1"));
      connection.rollback();
      assertEquals("0", one(connection, "SELECT count(*) FROM b"));
    }
  }

  @Test
  void savepointsAndTransactions() throws SQLException {
    try (Connection connection = connect("");
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE TABLE s (id int PRIMARY KEY)");
      connection.setAutoCommit(false);
      statement.execute("INSERT INTO s VALUES (1)");
      Savepoint savepoint = connection.setSavepoint();
      statement.execute("INSERT INTO s VALUES (2)");
      assertEquals("23505", failure(connection, "INSERT INTO s VALUES (1)"));
      connection.rollback(savepoint);
      statement.execute("INSERT INTO s VALUES (3)");
      connection.commit();
      assertEquals("4", one(connection, "SELECT sum(id) FROM s"));
      connection.rollback();
      connection.setReadOnly(true);
      connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
      assertEquals("repeatable read", one(connection, "SHOW transaction_isolation"));
      assertEquals("25006", failure(connection, "DELETE FROM s"));
    }
  }

  @Test
  void copyBothWays() throws SQLException, IOException {
    try (Connection connection = connect("");
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE TABLE c (id int, t text)");
      var copy = connection.unwrap(PGConnection.class).getCopyAPI();
      assertEquals(2, copy.copyIn("COPY c FROM STDIN", new StringReader("1\tone\n2\t\\N\n")));
      StringWriter out = new StringWriter();
      assertEquals(2, copy.copyOut("COPY c TO STDOUT", out));
      assertEquals("1\tone\n2\t\\N\n", out.toString());
      SQLException bad =
          assertThrows(
              SQLException.class,
              () -> copy.copyIn("COPY c FROM STDIN", new StringReader("x\ty\n")));
      assertEquals("22P02", bad.getSQLState());
      assertEquals("2", one(connection, "SELECT count(*) FROM c"));
    }
  }

  @Test
  void aRunningStatementIsCancelledFromOutside() throws SQLException {
    try (Connection connection = connect("");
        Statement statement = connection.createStatement()) {
      statement.setQueryTimeout(1);
      for (String sql :
          List.of("SELECT pg_sleep(60)", "SELECT count(*) FROM generate_series(1, 2000000000)")) {
        SQLException cancelled = assertThrows(SQLException.class, () -> statement.execute(sql));
        assertEquals("57014", cancelled.getSQLState());
      }
      assertEquals("1", one(connection, "SELECT 1"));
    }
  }

  @Test
  void anotherSessionIsTerminated() throws SQLException {
    try (Connection victim = connect("");
        Connection other = connect("")) {
      String pid = one(victim, "SELECT pg_backend_pid()");
      // Waits until it has ended: without that the victim's next statement may still be quicker.
      assertEquals("t", one(other, "SELECT pg_terminate_backend(" + pid + ", 10000)"));
      assertEquals("57P01", failure(victim, "SELECT 1"));
    }
  }

  @Test
  void scramLetsInTheRightPasswordOnly() throws SQLException {
    try (Connection joe = connectAsJoe("sécret")) {
      assertEquals("joe", one(joe, "SELECT current_user"));
    }
    SQLException wrong = assertThrows(SQLException.class, () -> connectAsJoe("secret"));
    assertEquals("28P01", wrong.getSQLState());
  }

  @Test
  void statementsArePreparedAndPipelined() throws Exception {
    Vertx vertx = Vertx.vertx();
    try (Connection connection = connect("");
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE TABLE p (id int PRIMARY KEY, t text)");
      statement.execute("INSERT INTO p SELECT i, 'row ' || i FROM generate_series(1, 100) i");
      Pool pool =
          PgBuilder.pool()
              .connectingTo(
                  new PgConnectOptions()
                      .setHost("127.0.0.1")
                      .setPort(server().port())
                      .setUser("postgres")
                      .setDatabase("postgres")
                      .setPipeliningLimit(32)
                      .setCachePreparedStatements(true))
              .using(vertx)
              .build();
      List<Future<String>> answers = new ArrayList<>();
      for (int i = 0; i < 1000; i++) {
        answers.add(
            pool.preparedQuery("SELECT t FROM p WHERE id = $1")
                .execute(Tuple.of(i % 100 + 1))
                .map(rows -> rows.iterator().next().getString(0)));
      }
      await(Future.all(answers));
      assertEquals("row 43", answers.get(942).result());
      Future<?> failed =
          pool.withTransaction(c ->
              c.query("INSERT INTO p VALUES (1000, 'x')")
                  .execute()
                  .compose(rows -> c.query("INSERT INTO p VALUES (1000, 'y')").execute()));
      await(failed.otherwiseEmpty());
      assertTrue(failed.failed());
      assertEquals("100", one(connection, "SELECT count(*) FROM p"));
      await(pool.close());
    } finally {
      await(vertx.close());
    }
  }

  private static void await(Future<?> future) throws Exception {
    future.toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
  }

  @Test
  void manySessionsComeAndGo() throws SQLException {
    for (int i = 0; i < 200; i++) {
      try (Connection connection = connect("")) {
        assertEquals("1", one(connection, "SELECT 1"));
      }
    }
    List<Connection> open = new ArrayList<>();
    try {
      for (int i = 0; i < 50; i++) {
        open.add(connect(""));
      }
      for (Connection connection : open) {
        assertEquals("1", one(connection, "SELECT 1"));
      }
    } finally {
      for (Connection connection : open) {
        connection.close();
      }
    }
    assertFalse(open.isEmpty());
  }
}
