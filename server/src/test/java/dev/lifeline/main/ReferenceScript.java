package dev.lifeline.main;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/// What a server goes through, step by step, and what its log and its clients saw of each step.
final class ReferenceScript {
  /// Of both servers, beside the port.
  private static final String CONFIGURATION =
      """
      listen_addresses = '127.0.0.1'
      unix_socket_directories = ''
      max_connections = 6
      superuser_reserved_connections = 2
      shared_buffers = 16MB
      fsync = off
      log_destination = 'stderr'
      logging_collector = off
      log_line_prefix = '%p|%b|%u|%d|%a|%e|'
      log_timezone = 'UTC'
      log_connections = on
      log_disconnections = on
      log_checkpoints = on
      log_statement = 'none'
      log_min_messages = 'warning'
      log_error_verbosity = 'default'
      client_min_messages = 'notice'
      autovacuum = on
      restart_after_crash = on
      archive_mode = on
      archive_command = '/bin/true'
      """;

  private static final String HBA =
      """
      host all alice 127.0.0.1/32 scram-sha-256
      host all bob 127.0.0.1/32 password
      host all mallory 127.0.0.1/32 reject
      host all all 127.0.0.1/32 trust
      """;

  /// Whether the cumulative statistics know of what was inserted long ago.
  private static final String INSERTED =
      "coalesce(sum(n_tup_ins), 0) > 0) FROM pg_stat_user_tables WHERE relname = 't'";

  /// What waits for a server waits here: the common pool may have one thread only.
  static final Executor THREADS = Executors.newVirtualThreadPerTaskExecutor();

  private final ReferenceServer server;
  private final Map<String, List<String>> steps = new LinkedHashMap<>();
  private final List<String> seen = new ArrayList<>();
  private final List<String> parameters = new ArrayList<>();
  private int logged;

  private ReferenceScript(ReferenceServer server) {
    this.server = server;
  }

  /// A step of the script.
  private interface Step {
    void run() throws Exception;
  }

  /// Runs it; returns for each step what the log said and then what the clients saw.
  static Map<String, List<String>> run(ReferenceServer server) throws Exception {
    ReferenceScript script = new ReferenceScript(server);
    script.all();
    return script.steps;
  }

  private void all() throws Exception {
    server.configure(CONFIGURATION + "port = " + server.port());
    server.writeHba(HBA);
    step("start", server::start);
    session("connect", this::connect);
    session("parameters", this::parameters);
    session("errors", this::errors);
    session("logged statements", this::loggedStatements);
    session("roles", this::roles);
    step("refused", this::refused);
    step("too many connections", this::tooMany);
    step("cancel", this::cancel);
    step("terminate", this::terminate);
    step("timeouts", this::timeouts);
    step("checkpoint", this::checkpoint);
    step("reload", this::reload);
    step("reload with errors", this::reloadBroken);
    step("reload with broken rules", this::reloadBrokenHba);
    step("backend crash", () -> crash("client backend"));
    step("checkpointer crash", () -> crash("checkpointer"));
    step("background writer crash", () -> crash("background writer"));
    step("walwriter crash", () -> crash("walwriter"));
    step("autovacuum launcher crash", () -> crash("autovacuum launcher"));
    step("smart stop", () -> stop("TERM", "received smart shutdown request"));
    step("start after smart stop", server::start);
    step("fast stop", () -> stop("INT", "received fast shutdown request"));
    step("start after fast stop", server::start);
    step("archiver crash", () -> crash("archiver"));
    step("logical replication launcher crash", () -> crash("logical replication launcher"));
    step("walsender crash", () -> crash("walsender"));
    step("autovacuum worker crash", this::crashOfWorker);
    step("immediate stop", () -> stop(server.immediate(), "received immediate shutdown request"));
    step("start after immediate stop", server::start);
    step("crash without restart", this::crashForGood);
    step("start after crash without restart", server::start);
    step("kill", this::killServer);
    step("start after kill", server::start);
    step("last stop", () -> stop("INT", "received fast shutdown request"));
  }

  /// A step of sessions that all end by themselves: it is over when the log tells so of each.
  private void session(String name, Step step) throws Exception {
    step(
        name,
        () -> {
          step.run();
          for (int i = 0;
              i < 100 && told("connection authorized: ") > told("disconnection: ");
              i++) {
            Thread.sleep(100);
          }
        });
  }

  private long told(String what) throws Exception {
    List<String> log = server.log();
    return log.subList(logged, log.size()).stream().filter(line -> line.contains(what)).count();
  }

  private void step(String name, Step step) throws Exception {
    seen.clear();
    step.run();
    settle();
    List<String> log = server.log();
    List<String> lines = new ArrayList<>(ReferenceLog.normalize(log.subList(logged, log.size())));
    logged = log.size();
    seen.forEach(line -> lines.add("client: " + ReferenceLog.withoutNumbers(line)));
    lines.addAll(parameters);
    parameters.clear();
    steps.put(name, lines);
  }

  /// Waits until nothing is logged any more.
  private void settle() throws Exception {
    int before = -1;
    for (int now = server.log().size(); now != before; now = server.log().size()) {
      before = now;
      Thread.sleep(150);
    }
  }

  /// When the driver finds out that a connection is gone is a matter of luck, and so are its words.
  private void saw(String who, SQLException e) {
    if (String.valueOf(e.getSQLState()).startsWith("08")) {
      seen.add(who + ": the connection is gone");
      return;
    }
    seen.add(
        who
            + ": "
            + e.getSQLState()
            + " "
            + String.valueOf(e.getMessage()).lines().findFirst().orElse(""));
  }

  private void connect() throws Exception {
    try (Connection session = server.connect()) {
      seen.add("pg_isready " + server.isReady());
      seen.addAll(server.lockFile());
      ReferenceServer.query(session, "SELECT 1");
      new TreeSet<>(server.processes(session).keySet())
          .forEach(type -> seen.add("backend_type " + type));
    }
  }

  /// Every parameter's type, unit, range, context, category and default.
  private void parameters() throws Exception {
    try (Connection session = server.connect()) {
      parameters.addAll(
          ReferenceServer.query(
              session,
              """
              SELECT name || '|' || vartype || '|' || coalesce(unit, '') || '|' || context
                || '|' || category || '|' || coalesce(min_val, '') || '|' || coalesce(max_val, '')
                || '|' || coalesce(enumvals::text, '') || '|' || coalesce(boot_val, '')
              FROM pg_settings WHERE name NOT LIKE 'lifeline.%' AND name <> 'server_version'
              ORDER BY lower(name) COLLATE "C"
              """));
    }
  }

  private void execute(Connection session, String sql) {
    try (Statement statement = session.createStatement()) {
      statement.execute(sql);
    } catch (SQLException e) {
      saw(sql, e);
    }
  }

  private void errors() throws Exception {
    try (Connection session = server.connect()) {
      execute(session, "CREATE TABLE t (id int PRIMARY KEY, note varchar(3) NOT NULL)");
      execute(session, "SELECT 1/0");
      execute(session, "SELEC 1");
      execute(session, "SELECT *\n  FROM nope");
      execute(session, "SELECT nope FROM t");
      execute(session, "SELECT '\u00e4\u00f6', nope FROM t");
      execute(session, "INSERT INTO t VALUES (1, 'a')");
      execute(session, "INSERT INTO t VALUES (1, 'b')");
      execute(session, "INSERT INTO t VALUES (2, NULL)");
      execute(session, "INSERT INTO t VALUES (2, 'long')");
      execute(session, "SELECT 'x'::int");
      execute(session, "SELECT no_such_function(1)");
      execute(session, "CREATE TABLE t (id int)");
      execute(session, "DROP TABLE IF EXISTS nothing");
      execute(session, "BEGIN");
      execute(session, "SELECT 1/0");
      execute(session, "SELECT 1");
      execute(session, "ROLLBACK");
      execute(session, "COMMIT");
      execute(session, "SET no_such_parameter = 1");
      execute(session, "SET work_mem = 'many'");
      execute(session, "SET port = 1");
    }
  }

  private void loggedStatements() throws Exception {
    try (Connection session = server.connect()) {
      execute(session, "SET log_statement = 'ddl'");
      execute(session, "CREATE TABLE ddl (id int)");
      execute(session, "INSERT INTO ddl VALUES (1)");
      execute(session, "SET log_statement = 'mod'");
      execute(session, "INSERT INTO ddl VALUES (2)");
      execute(session, "SELECT * FROM ddl");
      execute(session, "SET log_statement = 'all'");
      execute(session, "SELECT count(*)\n  FROM ddl");
      execute(session, "DROP TABLE ddl");
      execute(session, "SELECT 1/0");
      execute(session, "RESET log_statement");
      execute(session, "SET log_min_duration_statement = 0");
      execute(session, "SELECT 2");
      execute(session, "RESET log_min_duration_statement");
      execute(session, "SET log_min_error_statement = 'fatal'");
      execute(session, "SELECT 1/0");
      execute(session, "RESET log_min_error_statement");
      execute(session, "SET log_error_verbosity = 'terse'");
      execute(session, "INSERT INTO t VALUES (1, 'b')");
      execute(session, "RESET log_error_verbosity");
      execute(session, "SET log_min_messages = 'fatal'");
      execute(session, "SELECT 1/0");
      execute(session, "SET log_min_messages = 'notice'");
      execute(session, "DROP TABLE IF EXISTS nothing");
      execute(session, "SET application_name = 'renamed'");
      execute(session, "SELECT 1/0");
    }
  }

  private void roles() throws Exception {
    try (Connection session = server.connect()) {
      execute(session, "CREATE ROLE alice LOGIN PASSWORD 'right'");
      execute(session, "CREATE ROLE bob LOGIN PASSWORD 'right'");
      execute(session, "CREATE ROLE mallory LOGIN");
      execute(session, "CREATE ROLE plain LOGIN");
      execute(session, "CREATE ROLE guest");
      execute(session, "CREATE ROLE single LOGIN CONNECTION LIMIT 1");
      execute(session, "CREATE ROLE old LOGIN PASSWORD 'right' VALID UNTIL '2001-01-01'");
    }
    try (Connection session = server.connect("alice", "right", "postgres")) {
      ReferenceServer.query(session, "SELECT 1");
    }
    try (Connection session = server.connect("bob", "right", "postgres")) {
      ReferenceServer.query(session, "SELECT 1");
    }
  }

  private void connectAs(String user, String password, String database) {
    try {
      server.connect(user, password, database).close();
      seen.add(user + ": let in");
    } catch (SQLException e) {
      saw(user, e);
    }
  }

  private void refused() throws Exception {
    connectAs("alice", "wrong", "postgres");
    connectAs("bob", "wrong", "postgres");
    connectAs("nobody", "", "postgres");
    connectAs("postgres", "", "nowhere");
    connectAs("mallory", "", "postgres");
    connectAs("guest", "", "postgres");
    connectAs("postgres", "", "template0");
    Connection first = server.connect("single", "", "postgres");
    connectAs("single", "", "postgres");
    first.close();
  }

  private void tooMany() throws Exception {
    List<Connection> sessions = new ArrayList<>();
    try {
      for (int i = 0; i < 5; i++) {
        connectAndKeep("plain", sessions);
      }
      for (int i = 0; i < 3; i++) {
        connectAndKeep("postgres", sessions);
      }
    } finally {
      for (Connection session : sessions) {
        session.close();
        settle();
      }
    }
  }

  private void connectAndKeep(String user, List<Connection> sessions) throws Exception {
    try {
      sessions.add(server.connect(user, "", "postgres"));
      seen.add(user + ": let in");
    } catch (SQLException e) {
      saw(user, e);
    }
    settle();
  }

  /// A query that runs until something ends it.
  private CompletableFuture<Void> sleeper(Connection session, String who) throws Exception {
    CompletableFuture<Void> running =
        CompletableFuture.runAsync(
            () -> {
              try {
                ReferenceServer.query(session, "SELECT pg_sleep(60)");
              } catch (SQLException e) {
                synchronized (seen) {
                  saw(who, e);
                }
              }
            },
            THREADS);
    Thread.sleep(300);
    return running;
  }

  private static void await(CompletableFuture<Void> running) throws Exception {
    running.get(120, TimeUnit.SECONDS);
  }

  private void cancel() throws Exception {
    try (Connection session = server.connect();
        Connection other = server.connect()) {
      int pid = ReferenceServer.backendPid(session);
      CompletableFuture<Void> running = sleeper(session, "cancelled");
      ReferenceServer.query(other, "SELECT pg_cancel_backend(" + pid + ")");
      await(running);
      ReferenceServer.query(session, "SELECT 1");
      Statement statement = session.createStatement();
      CompletableFuture<Void> second =
          CompletableFuture.runAsync(
              () -> {
                try {
                  statement.execute("SELECT pg_sleep(60)");
                } catch (SQLException e) {
                  saw("cancel request", e);
                }
              },
              THREADS);
      Thread.sleep(300);
      statement.cancel();
      await(second);
    }
    settle();
  }

  private void terminate() throws Exception {
    try (Connection running = server.connect();
        Connection idle = server.connect();
        Connection other = server.connect()) {
      int runningPid = ReferenceServer.backendPid(running);
      int idlePid = ReferenceServer.backendPid(idle);
      CompletableFuture<Void> query = sleeper(running, "terminated");
      ReferenceServer.query(other, "SELECT pg_terminate_backend(" + runningPid + ")");
      await(query);
      ReferenceServer.query(other, "SELECT pg_terminate_backend(" + idlePid + ")");
      settle();
      execute(idle, "SELECT 1");
      ReferenceServer.query(other, "SELECT pg_terminate_backend(1)");
    }
  }

  private void timeouts() throws Exception {
    try (Connection session = server.connect()) {
      execute(session, "SET statement_timeout = '100ms'");
      execute(session, "SELECT pg_sleep(10)");
      execute(session, "RESET statement_timeout");
    }
    try (Connection session = server.connect()) {
      execute(session, "SET idle_in_transaction_session_timeout = '100ms'");
      execute(session, "BEGIN");
      Thread.sleep(400);
      execute(session, "SELECT 1");
    }
    try (Connection session = server.connect()) {
      execute(session, "SET idle_session_timeout = '100ms'");
      Thread.sleep(400);
      execute(session, "SELECT 1");
    }
  }

  private void checkpoint() throws Exception {
    try (Connection session = server.connect()) {
      execute(session, "INSERT INTO t VALUES (10, 'x')");
      execute(session, "CHECKPOINT");
    }
  }

  private void reload() throws Exception {
    server.configure("work_mem = 5MB\nlog_lock_waits = on");
    server.signal("HUP");
    Thread.sleep(300);
    try (Connection session = server.connect()) {
      seen.addAll(ReferenceServer.query(session, "SHOW work_mem"));
      execute(session, "ALTER SYSTEM SET work_mem = '6MB'");
      ReferenceServer.query(session, "SELECT pg_reload_conf()");
      settle();
      seen.addAll(ReferenceServer.query(session, "SHOW work_mem"));
      execute(session, "ALTER SYSTEM RESET work_mem");
      ReferenceServer.query(session, "SELECT pg_reload_conf()");
      settle();
      seen.addAll(ReferenceServer.query(session, "SHOW work_mem"));
    }
  }

  private void reloadBroken() throws Exception {
    try (Connection session = server.connect()) {
      for (String line :
          List.of(
              "max_connections = 77",
              "no_such_parameter = 1",
              "work_mem = many",
              "checkpoint_timeout = 1s",
              "log_checkpoints = maybe",
              "this is not a setting")) {
        reloadWith(session, line);
      }
    }
  }

  /// A line that is there for one reload.
  private void reloadWith(Connection session, String line) throws Exception {
    Path conf = server.directory().resolve("postgresql.conf");
    String before = Files.readString(conf);
    server.configure(line);
    int logged = server.log().size();
    server.signal("HUP");
    // What is wrong is told after the file was read.
    while (server.log().size() < logged + 2) {
      Thread.sleep(20);
    }
    settle();
    Files.writeString(conf, before);
    reload(session);
  }

  /// Reloads a configuration that nothing is wrong with.
  private void reload(Connection session) throws Exception {
    String asked = "SELECT pg_conf_load_time()";
    List<String> before = ReferenceServer.query(session, asked);
    server.signal("HUP");
    while (ReferenceServer.query(session, asked).equals(before)) {
      Thread.sleep(20);
    }
    settle();
  }

  private void reloadBrokenHba() throws Exception {
    server.writeHba(HBA + "host all all 127.0.0.1/99 trust\nlocal all all frobnicate\n");
    server.signal("HUP");
    settle();
    connectAs("mallory", "", "postgres");
    server.writeHba(HBA);
    server.signal("HUP");
    settle();
  }

  /// A process may be a moment behind the session that it belongs to.
  private int awaitProcess(Connection session, String type) throws Exception {
    Integer pid = server.processes(session).get(type);
    while (pid == null) {
      Thread.sleep(50);
      pid = server.processes(session).get(type);
    }
    return pid;
  }

  private void crash(String type) throws Exception {
    Connection idle = server.connect();
    if (type.equals("client backend")) {
      seen.addAll(ReferenceServer.query(idle, "SELECT 'before: ' || (" + INSERTED));
    }
    execute(idle, "INSERT INTO t SELECT max(id) + 1, 'c' FROM t");
    Connection inTransaction = server.connect();
    execute(inTransaction, "BEGIN");
    Connection running = server.connect();
    Connection victim = type.equals("walsender") ? server.connectReplicating() : server.connect();
    CompletableFuture<Void> query = sleeper(running, "running");
    int pid =
        type.equals("client backend")
            ? ReferenceServer.backendPid(victim)
            : awaitProcess(idle, type);
    int before = server.log().size();
    server.kill(idle, pid);
    await(query);
    server.awaitLog(before, "database system is ready to accept connections");
    execute(inTransaction, "SELECT 1");
    execute(idle, "SELECT 1");
    for (Connection session : List.of(idle, inTransaction, running, victim)) {
      session.close();
    }
    try (Connection after = server.connect()) {
      seen.addAll(ReferenceServer.query(after, "SELECT count(*) FROM t"));
      // The cumulative statistics are discarded.
      seen.addAll(ReferenceServer.query(after, "SELECT 'after: ' || (" + INSERTED));
    }
  }

  /// With `restart_after_crash` off.
  private void crashForGood() throws Exception {
    try (Connection victim = server.connect();
        Connection idle = server.connect()) {
      execute(idle, "ALTER SYSTEM SET restart_after_crash = off");
      reload(idle);
      execute(idle, "INSERT INTO t SELECT max(id) + 1, 'f' FROM t");
      execute(idle, "ALTER SYSTEM RESET restart_after_crash");
      server.kill(idle, ReferenceServer.backendPid(victim));
      seen.add("exit code " + server.awaitExit());
    }
  }

  /// A worker that has so much to do, and so little it may do at once, that it is there for long.
  private void crashOfWorker() throws Exception {
    try (Connection session = server.connect()) {
      execute(
          session,
          """
          CREATE TABLE slow (id int) WITH (autovacuum_vacuum_threshold = 1,
            autovacuum_vacuum_scale_factor = 0, autovacuum_analyze_threshold = 1000000,
            autovacuum_vacuum_cost_delay = 100, autovacuum_vacuum_cost_limit = 1)
          """);
      execute(session, "INSERT INTO slow SELECT g FROM generate_series(1, 20000) g");
      execute(session, "DELETE FROM slow");
      execute(session, "ALTER SYSTEM SET autovacuum_naptime = '1s'");
      ReferenceServer.query(session, "SELECT pg_reload_conf()");
    }
    try (Connection session = server.connect()) {
      String working =
          "SELECT pid FROM pg_stat_activity WHERE query LIKE 'autovacuum: VACUUM public.slow%'";
      ReplicationSteps.await("no worker", () -> !ReferenceServer.query(session, working).isEmpty());
      execute(session, "ALTER SYSTEM RESET autovacuum_naptime");
      ReferenceServer.query(session, "SELECT pg_reload_conf()");
      settle();
    }
    crash("autovacuum worker");
  }

  private void stop(String signal, String message) throws Exception {
    Connection session = server.connect();
    execute(session, "INSERT INTO t SELECT coalesce(max(id), 0) + 1, 's' FROM t");
    CompletableFuture<Void> query =
        signal.equals("TERM") ? CompletableFuture.completedFuture(null) : sleeper(session, "busy");
    int before = server.log().size();
    server.signal(signal);
    server.awaitLog(before, message);
    if (signal.equals("TERM")) {
      settle();
      connectAs("postgres", "", "postgres");
      seen.add("pg_isready " + server.isReady());
      seen.addAll(ReferenceServer.query(session, "SELECT 'still here'"));
      seen.addAll(server.lockFile());
    }
    await(query);
    session.close();
    seen.add("exit code " + server.awaitExit());
    seen.add("pg_isready " + server.isReady());
    seen.add("lock file " + Files.exists(server.directory().resolve("postmaster.pid")));
  }

  private void killServer() throws Exception {
    try (Connection session = server.connect()) {
      execute(session, "INSERT INTO t SELECT max(id) + 1, 'k' FROM t");
    }
    settle();
    server.close();
    Thread.sleep(300);
  }
}
