package dev.lifeline.main;

import dev.lifeline.utils.guc.Gucs;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.PgConnection;
import io.vertx.sqlclient.Tuple;
import java.util.List;
import java.util.Random;

/// `--demo`: the database `mydb` with the table `employees`, and a light workload of a real client
/// over TCP, so that the timeline is alive at once. The employees are made up once; a second start
/// finds them as they are.
final class Demo implements AutoCloseable {
  private static final String DATABASE = "mydb";
  private static final long PAUSE_MS = 700;

  /// So many statements are run over one connection before another one is made.
  private static final int STATEMENTS_PER_CONNECTION = 12;

  private static final List<String> SETUP =
      List.of(
          """
          CREATE TABLE employees (
            id integer PRIMARY KEY,
            name varchar(60) NOT NULL,
            department text NOT NULL,
            salary numeric(10,2) NOT NULL,
            hired date NOT NULL)
          """,
          """
          INSERT INTO employees (id, name, department, salary, hired) VALUES
            (1, 'Ada Lovelace', 'engineering', 45000.00, '2019-12-10'),
            (2, 'Alan Turing', 'research', 38500.00, '2020-06-23'),
            (3, 'Barbara Liskov', 'engineering', 61000.00, '2018-11-07'),
            (4, 'Donald Knuth', 'research', 19500.00, '2021-01-10'),
            (5, 'Edsger Dijkstra', 'engineering', 18000.00, '2022-05-11'),
            (6, 'Grace Hopper', 'operations', 52750.00, '2017-12-09'),
            (7, 'Leslie Lamport', 'research', 47250.00, '2020-02-07'),
            (8, 'Michael Stonebraker', 'databases', 58000.00, '2016-10-11'),
            (9, 'Niklaus Wirth', 'engineering', 20000.00, '2023-02-15'),
            (10, 'Radia Perlman', 'operations', 36900.00, '2019-12-18')
          """);

  private final Vertx vertx;
  private final PgConnectOptions options;
  private final Random random = new Random();
  private volatile boolean closed;

  private Demo(Vertx vertx, PgConnectOptions options) {
    this.vertx = vertx;
    this.options = options;
  }

  /// Makes the database where it is missing, and starts the workload.
  static Demo start(Server server) {
    PgConnectOptions options =
        new PgConnectOptions()
            .setHost("127.0.0.1")
            .setPort(Math.toIntExact(server.config().get(Gucs.PORT)))
            .setUser(InitdbCommand.SUPERUSER)
            .setDatabase("postgres")
            .addProperty("application_name", "demo");
    Demo demo = new Demo(server.vertx(), options);
    Blocking.await(demo.createDatabase());
    options.setDatabase(DATABASE);
    Blocking.await(demo.createTable());
    demo.session();
    return demo;
  }

  private Future<Void> createDatabase() {
    return PgConnection.connect(vertx, options)
        .compose(connection ->
            connection
                .preparedQuery("SELECT 1 FROM pg_database WHERE datname = $1")
                .execute(Tuple.of(DATABASE))
                .compose(found ->
                    found.size() > 0
                        ? Future.succeededFuture()
                        : connection.query("CREATE DATABASE " + DATABASE).execute())
                .eventually(connection::close))
        .mapEmpty();
  }

  private Future<Void> createTable() {
    return PgConnection.connect(vertx, options)
        .compose(connection ->
            connection
                .query("SELECT 1 FROM pg_class WHERE relname = 'employees'")
                .execute()
                .compose(found -> found.size() > 0 ? Future.succeededFuture() : setUp(connection))
                .eventually(connection::close))
        .mapEmpty();
  }

  private static Future<Void> setUp(PgConnection connection) {
    Future<Void> done = Future.succeededFuture();
    for (String statement : SETUP) {
      done = done.compose(before -> connection.query(statement).execute().mapEmpty());
    }
    return done;
  }

  /// One client's session, and then the next one's. One that breaks (the server was crashed for
  /// fun) is followed by another too.
  private void session() {
    if (closed) {
      return;
    }
    PgConnection.connect(vertx, options)
        .map(Demo::quiet)
        .compose(connection ->
            statements(connection, STATEMENTS_PER_CONNECTION).eventually(connection::close))
        .onComplete(done -> vertx.setTimer(PAUSE_MS, id -> session()));
  }

  /// What breaks a connection is seen by its next statement, and is no news to the operator.
  private static PgConnection quiet(PgConnection connection) {
    connection.exceptionHandler(ignored -> {});
    return connection;
  }

  private Future<Void> statements(PgConnection connection, int left) {
    if (left == 0 || closed) {
      return Future.succeededFuture();
    }
    return statement(connection)
        .compose(done -> vertx.timer(1 + random.nextLong(2 * PAUSE_MS)))
        .compose(done -> statements(connection, left - 1));
  }

  private Future<?> statement(PgConnection connection) {
    return random.nextInt(3) == 0
        ? connection
            .preparedQuery("UPDATE employees SET salary = salary + $1 WHERE id = $2")
            .execute(Tuple.of(random.nextInt(201) - 100, 1 + random.nextInt(10)))
        : connection
            .preparedQuery("SELECT name, salary FROM employees WHERE salary > $1 ORDER BY name")
            .execute(Tuple.of(20_000));
  }

  @Override
  public void close() {
    closed = true;
  }
}
