package dev.lifeline.main;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// What the log says of statements of the extended protocol, of clients that vanish, and before
/// each line: part of [AccessReferenceTest].
final class LogSteps {
  /// The escapes whose values differ from server to server are cut out by the numbers that they
  /// are.
  private static final String PREFIX =
      "%p|%b|%a|%u|%d|%r|%h|%i|%e|%x|%v|%l|%P|%Q|%%|%-9u|%9d|%z|%q client ";

  private final ReferenceServer server;
  private final Map<String, List<String>> steps;

  LogSteps(ReferenceServer server, Map<String, List<String>> steps) {
    this.server = server;
    this.steps = steps;
  }

  void run() throws Exception {
    server.writeHba("local all all trust\nhost all all 127.0.0.1/32 trust\n");
    Files.writeString(server.directory().resolve("pg_ident.conf"), "");
    Path conf = server.directory().resolve("postgresql.conf");
    Files.writeString(conf, Files.readString(conf).replace("include_if_exists 'nofile.conf'", ""));
    step("log of the extended protocol", this::extended);
    step("parameters of failed statements", this::failures);
    step("statements that are logged", this::statements);
    step("a client that vanishes", this::vanished);
    step("a client that vanishes from its transaction", this::vanishedInTransaction);
    step("authentication that takes too long", this::slowAuthentication);
    prefix();
  }

  private interface Step {
    List<String> run() throws Exception;
  }

  /// Keeps what the step saw and what client backends have logged meanwhile.
  private void step(String name, Step step) throws Exception {
    Thread.sleep(300);
    int before = server.log().size();
    List<String> seen = new ArrayList<>(step.run());
    Thread.sleep(300);
    server.log().stream()
        .skip(before)
        .filter(line -> line.contains("|client backend|") || line.startsWith("\t"))
        .map(line -> line.replaceFirst("^\\d+\\|", ""))
        .forEach(seen::add);
    steps.put(name, ConfigurationSteps.normalize(server, seen));
  }

  private RawClient connect() throws Exception {
    return RawClient.connect(server.port(), "postgres", "postgres");
  }

  /// Runs a statement by Parse, Bind and Execute.
  private static List<String> extended(
      RawClient client, String statement, String portal, String sql, String... values)
      throws Exception {
    return client.parse(statement, sql).bind(portal, statement, values).execute(portal, 0).sync();
  }

  private List<String> extended() throws Exception {
    List<String> seen = new ArrayList<>();
    try (RawClient client = connect()) {
      client.run("SET log_min_duration_statement = 0");
      seen.addAll(extended(client, "", "", "SELECT 1"));
      seen.addAll(
          client
              .parse("s1", "SELECT $1::int + $2::int, $3::text")
              .bind("", "s1", "1", null, "it's")
              .execute("", 0)
              .sync());
      client.run("BEGIN");
      client.parse("s3", "SELECT generate_series(1, 5), $1::text").bind("p3", "s3", "x");
      seen.addAll(client.execute("p3", 2).execute("p3", 2).execute("p3", 0).sync());
      client.run("COMMIT");
      seen.addAll(client.parse("", "SELECT $1::int").bindBinary("", "", 77).execute("", 0).sync());
      seen.addAll(extended(client, "", "", ""));
      seen.addAll(extended(client, "", "", "BEGIN"));
      seen.addAll(extended(client, "", "", "COMMIT"));
      client.run("SET log_parameter_max_length = 4");
      seen.addAll(extended(client, "", "", "SELECT $1::text, $2::text", "abcdefgh", "abcd"));
      seen.addAll(extended(client, "", "", "SELECT $1::text", "abc\u00e4\u00f6"));
      client.run("SET log_parameter_max_length = 0");
      seen.addAll(extended(client, "", "", "SELECT $1::text", "abc"));
      client.run("RESET log_parameter_max_length");
      client.run("SET log_min_duration_statement = -1");
      client.run("SET log_duration = on");
      seen.addAll(extended(client, "a", "b", "SELECT $1::int", "5"));
      client.run("SET log_min_duration_statement = '1h'");
      seen.addAll(extended(client, "", "", "SELECT $1::int", "6"));
      client.run("RESET log_duration");
      client.run("RESET log_min_duration_statement");
    }
    return seen;
  }

  private List<String> failures() throws Exception {
    List<String> seen = new ArrayList<>();
    try (RawClient client = connect()) {
      seen.addAll(extended(client, "", "", "SELECT 1 / $1::int", "0"));
      seen.addAll(extended(client, "", "", "SELECT $1::int", "abc"));
      seen.addAll(extended(client, "n", "pp", "SELECT $1::int, $2::date", "7", "never"));
      seen.addAll(extended(client, "", "", "SELEKT $1::int", "7"));
      client.run("SET log_parameter_max_length_on_error = 5");
      seen.addAll(extended(client, "", "", "SELECT 1 / $1::int, $2::text", "0", "long text"));
      seen.addAll(extended(client, "", "", "SELECT $1::int", "abcdefghi"));
      client.run("SET log_parameter_max_length_on_error = -1");
      seen.addAll(
          client
              .parse("", "SELECT 1 / $1::int, $2::text, $3::int")
              .bind("", "", "0", "it's long", null)
              .execute("", 0)
              .sync());
      seen.addAll(extended(client, "m", "p2", "SELECT 1 / $1::int", "0"));
      seen.addAll(client.run("SELECT 1 / 0"));
    }
    return seen;
  }

  private List<String> statements() throws Exception {
    List<String> seen = new ArrayList<>();
    try (RawClient client = connect()) {
      client.run("SET log_statement = 'all'");
      seen.addAll(extended(client, "", "", "SELECT $1::int", "5"));
      seen.addAll(extended(client, "a", "b", "SELECT $1::text", "5"));
      seen.addAll(extended(client, "", "", "CREATE TABLE log_me (a int)"));
      seen.addAll(extended(client, "", "", "DROP TABLE log_me"));
      client.run("PREPARE pq(int) AS SELECT $1");
      client.run("EXECUTE pq(3)");
      seen.addAll(extended(client, "", "", "EXECUTE pq(4)"));
      client.run("SET log_statement = 'none'");
      client.run("SET log_min_duration_statement = 0");
      client.run("EXECUTE pq(5)");
      client.run("EXECUTE pq(6); SELECT 1");
    }
    return seen;
  }

  /// Nobody reads the answer any more: the statement is not carried out to its end.
  private List<String> vanished() throws Exception {
    return vanish("SELECT pg_sleep(60)");
  }

  private List<String> vanishedInTransaction() throws Exception {
    return vanish("BEGIN; SELECT pg_sleep(60)");
  }

  private List<String> vanish(String sql) throws Exception {
    RawClient client = connect();
    client.run("SET client_connection_check_interval = '200ms'");
    client.query(sql);
    Thread.sleep(500);
    try (Connection other = server.connect()) {
      String running =
          "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'raw' AND state ="
              + " 'active'";
      List<String> seen = new ArrayList<>(ReferenceServer.query(other, running));
      client.close();
      long until = System.nanoTime() + 10_000_000_000L;
      while (!ReferenceServer.query(other, running).equals(List.of("0"))
          && System.nanoTime() < until) {
        Thread.sleep(50);
      }
      seen.addAll(ReferenceServer.query(other, running));
      return seen;
    }
  }

  /// One says nothing in its handshake, one is asked for a password and says nothing.
  private List<String> slowAuthentication() throws Exception {
    server.writeHba("host all bound 127.0.0.1/32 scram-sha-256\nhost all all 127.0.0.1/32 trust\n");
    server.configure("authentication_timeout = 1s\nssl = on");
    try (Connection session = server.connect()) {
      ReferenceServer.query(session, "SELECT pg_reload_conf()");
      Thread.sleep(500);
    }
    try (RawClient stalled = RawClient.stalledHandshake(server.port())) {
      stalled.awaitEnd();
    }
    try (RawClient silent = RawClient.connect(server.port(), "bound", "postgres")) {
      server.configure("authentication_timeout = 1min\nssl = off");
      return List.of(silent.greeting());
    }
  }

  private void prefix() throws Exception {
    try (Connection session = server.connect()) {
      server.configure("log_line_prefix = '" + PREFIX + "'");
      ReferenceServer.query(session, "SELECT pg_reload_conf()");
      Thread.sleep(500);
      int before = server.log().size();
      try (Connection other = server.connect();
          var statement = session.createStatement()) {
        statement.execute("SET application_name = 'some one'");
        statement.execute("SET log_statement = 'all'");
        statement.execute("CREATE TABLE prefixed (a int)");
        statement.execute("BEGIN");
        statement.execute("INSERT INTO prefixed VALUES (1)");
        statement.execute("SELECT 1 /* with an xid */");
        statement.execute("COMMIT");
        statement.execute("DROP TABLE prefixed");
        try {
          statement.execute("SELECT 1 / 0");
        } catch (java.sql.SQLException e) {
          statement.execute("RESET log_statement");
        }
        ReferenceServer.query(other, "SELECT 1");
      }
      ReferenceServer.query(session, "SELECT pg_reload_conf()");
      Thread.sleep(500);
      List<String> lines =
          server.log().subList(before, server.log().size()).stream()
              // PostgreSQL authorizes within a transaction, Lifeline before there is a session.
              .filter(line -> line.contains("| client ") && !line.contains("authorized"))
              .map(LogSteps::withoutIds)
              .toList();
      steps.put("log_line_prefix", ConfigurationSteps.normalize(server, lines));
      server.configure("log_line_prefix = '%p|%b|%q%u@%d '");
      ReferenceServer.query(session, "SELECT pg_reload_conf()");
      Thread.sleep(500);
    }
  }

  private static String withoutIds(String line) {
    return line.replaceFirst("^\\d+\\|", "")
        .replaceFirst("127.0.0.1\\(\\d+\\)", "127.0.0.1(<port>)")
        .replaceFirst("\\|[1-9]\\d*\\|(\\d+/\\d+)\\|", "|<xid>|$1|")
        .replaceFirst("\\|\\d+/[1-9]\\d*\\|", "|<vxid>|")
        .replaceFirst("\\|\\d+/0\\|", "|<no vxid>|");
  }
}
