package dev.lifeline.main;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// A server that a script is run against: a real PostgreSQL, or Lifeline, with the same
/// configuration.
abstract class ReferenceServer implements AutoCloseable {
  /// Much, for a machine that does other things as well.
  private static final long TIMEOUT_S = 240;

  private static final int LAST_LINES = 40;

  private final Path directory;
  private final int port;
  private final Path output;
  private @Nullable Process process;

  ReferenceServer(Path parent, String name) throws Exception {
    this.directory = parent.resolve(name);
    this.port = LifelineProcess.freePort();
    this.output = parent.resolve(name + ".log");
    initdb();
  }

  /// Makes the data directory.
  abstract void initdb() throws Exception;

  /// The command that runs the server in the foreground.
  abstract List<String> command();

  /// Kills a process of the server, as `kill -9`; the session may or may not survive it.
  abstract void kill(Connection session, int pid) throws Exception;

  /// The pid of the process that writes the log's files, which no view shows.
  abstract int loggerPid() throws Exception;

  /// The processes that `pg_stat_activity` shows: a pid of each type.
  Map<String, Integer> processes(Connection session) throws Exception {
    Map<String, Integer> found = new TreeMap<>();
    try (Statement statement = session.createStatement();
        ResultSet rows = statement.executeQuery("SELECT backend_type, pid FROM pg_stat_activity")) {
      while (rows.next()) {
        found.put(rows.getString(1), rows.getInt(2));
      }
    }
    return found;
  }

  /// The signal that asks for an immediate shutdown.
  abstract String immediate();

  /// The real PostgreSQL 15 of this machine.
  static ReferenceServer postgres(Path parent) throws Exception {
    return new RealPostgres(parent);
  }

  static ReferenceServer lifeline(Path parent) throws Exception {
    return new Lifeline(parent);
  }

  Path directory() {
    return directory;
  }

  int port() {
    return port;
  }

  long pid() {
    return running().pid();
  }

  private Process running() {
    return Objects.requireNonNull(process, "it was not started");
  }

  /// Adds lines to the configuration; they hold from the next start or reload.
  void configure(String lines) throws IOException {
    Files.writeString(
        directory.resolve("postgresql.conf"), lines + "\n", StandardOpenOption.APPEND);
  }

  /// Puts a file into its data directory that only the server may read.
  void install(Path file, String name) throws Exception {
    Path target = directory.resolve(name);
    Files.copy(file, target, StandardCopyOption.REPLACE_EXISTING);
    Files.setPosixFilePermissions(target, PosixFilePermissions.fromString("rw-------"));
    if (ReferenceServer.root()) {
      Files.setOwner(target, Files.getOwner(directory));
    }
  }

  private static boolean root() {
    return System.getProperty("user.name").equals("root");
  }

  void writeHba(String rules) throws IOException {
    Files.writeString(directory.resolve("pg_hba.conf"), rules);
  }

  /// Starts a server whose log goes elsewhere, and waits until it lets somebody in.
  void startWithCollector() throws Exception {
    launch();
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(TIMEOUT_S);
    while (true) {
      try {
        connect().close();
        // Its disconnection is logged before what comes next.
        Thread.sleep(300);
        return;
      } catch (SQLException e) {
        if (System.nanoTime() > until || !running().isAlive()) {
          throw new IllegalStateException(log().toString(), e);
        }
        Thread.sleep(100);
      }
    }
  }

  /// Starts it and waits until it says that it is ready.
  void start() throws Exception {
    int before = log().size();
    launch();
    awaitLog(before, "database system is ready to accept connections");
  }

  /// Starts one that ends by itself.
  ///
  /// @return its exit code
  int startAndEnd() throws Exception {
    launch();
    return awaitExit();
  }

  /// Starts it and waits until it says something.
  void startUntil(String text) throws Exception {
    int before = log().size();
    launch();
    awaitLog(before, text);
  }

  private void launch() throws Exception {
    process =
        new ProcessBuilder(command())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(output.toFile()))
            .start();
  }

  void signal(String name) throws Exception {
    signal(running().pid(), name);
  }

  static void signal(long pid, String name) throws Exception {
    new ProcessBuilder("kill", "-" + name, Long.toString(pid)).start().waitFor();
  }

  int awaitExit() throws Exception {
    if (!running().waitFor(TIMEOUT_S, TimeUnit.SECONDS)) {
      throw new IllegalStateException("the server does not stop: " + lastLines());
    }
    return running().exitValue();
  }

  /// What the real `pg_isready` says of it, as an exit code.
  int isReady() throws Exception {
    return Tools.run(
            "",
            List.of(
                Tools.find("pg_isready").toString(),
                "-q",
                "-h",
                "127.0.0.1",
                "-p",
                Integer.toString(port)))
        .exitCode();
  }

  /// `postmaster.pid`, line by line, with words for what differs from server to server.
  List<String> lockFile() throws IOException {
    long now = System.currentTimeMillis() / 1000;
    return Files.readString(directory.resolve("postmaster.pid"))
        .lines()
        .map(line ->
            line.equals(Long.toString(pid()))
                ? "the pid"
                : line.equals(directory.toString())
                    ? "the directory"
                    : line.equals(Integer.toString(port))
                        ? "the port"
                        : line.matches("\\d{10}") && now - Long.parseLong(line) < 600
                            ? "when it was started"
                            : line.replaceAll(" +(?=\\d)", " ").replaceAll("\\d+", "<n>"))
        .map(line -> "postmaster.pid: " + (line.isEmpty() ? "(empty)" : line))
        .toList();
  }

  /// Every line of its log.
  List<String> log() throws IOException {
    return Files.exists(output)
        ? Files.readString(output, StandardCharsets.UTF_8).lines().toList()
        : List.of();
  }

  private String lastLines() throws IOException {
    List<String> lines = log();
    return String.join("\n", lines.subList(Math.max(0, lines.size() - LAST_LINES), lines.size()));
  }

  /// Waits until a line after the first `from` ones contains the text.
  void awaitLog(int from, String text) throws Exception {
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(TIMEOUT_S);
    while (log().stream().skip(from).noneMatch(line -> line.contains(text))) {
      if (System.nanoTime() > until || !running().isAlive()) {
        throw new IllegalStateException("no \"" + text + "\" in " + lastLines());
      }
      Thread.sleep(20);
    }
  }

  Connection connect(String user, String password, String database) throws SQLException {
    return connect(user, password, database, null);
  }

  private Connection connect(
      String user, String password, String database, @Nullable String replication)
      throws SQLException {
    Properties properties = new Properties();
    properties.setProperty("user", user);
    properties.setProperty("password", password);
    properties.setProperty("sslmode", "disable");
    properties.setProperty("ApplicationName", "script");
    // Otherwise the driver asks for more than the script says.
    properties.setProperty("preferQueryMode", "simple");
    properties.setProperty("assumeMinServerVersion", "15");
    if (replication != null) {
      properties.setProperty("replication", replication);
    }
    return DriverManager.getConnection(
        "jdbc:postgresql://127.0.0.1:" + port + "/" + database, properties);
  }

  /// A connection that is a walsender's.
  Connection connectReplicating() throws SQLException {
    return connect("postgres", "", "postgres", "database");
  }

  Connection connect() throws SQLException {
    return connect("postgres", "", "postgres");
  }

  static int backendPid(Connection session) throws SQLException {
    return Integer.parseInt(query(session, "SELECT pg_backend_pid()").get(0));
  }

  /// The first column.
  static List<String> query(Connection session, String sql) throws SQLException {
    try (Statement statement = session.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      List<String> values = new ArrayList<>();
      while (rows.next()) {
        values.add(String.valueOf(rows.getString(1)));
      }
      return values;
    }
  }

  /// Kills it and whatever it has started.
  void killAll() {
    List<ProcessHandle> children = running().descendants().toList();
    close();
    children.forEach(ProcessHandle::destroyForcibly);
    children.stream().filter(ProcessHandle::isAlive).forEach(child -> child.onExit().join());
  }

  @Override
  public void close() {
    Process started = process;
    if (started != null && started.isAlive()) {
      started.destroyForcibly();
      started.onExit().join();
    }
  }

  private static final class Lifeline extends ReferenceServer {
    Lifeline(Path parent) throws Exception {
      super(parent, "lifeline");
    }

    @Override
    void initdb() throws Exception {
      Tools.Result made =
          Tools.run("", LifelineProcess.command("initdb", "-D", directory().toString()));
      if (made.exitCode() != 0) {
        throw new IllegalStateException(made.both());
      }
    }

    @Override
    List<String> command() {
      return LifelineProcess.command(
          "run", "-D", directory().toString(), "-c", "lifeline.dashboard_port=0");
    }

    @Override
    void kill(Connection session, int pid) throws Exception {
      try {
        query(session, "SELECT lifeline_crash_backend(" + pid + ")");
      } catch (SQLException e) {
        // The crash takes the session that asked for it with it.
      }
    }

    @Override
    int loggerPid() throws Exception {
      String tree =
          Tools.run("", LifelineProcess.command("status", "--tree", "-D", directory().toString()))
              .both();
      Matcher logger = Pattern.compile("logger \\(PID (\\d+)\\)").matcher(tree);
      return logger.find() ? Integer.parseInt(logger.group(1)) : 0;
    }

    @Override
    String immediate() {
      return "USR1";
    }
  }

  /// PostgreSQL refuses to run as root, so then it is run as the user that its package has made.
  private static final class RealPostgres extends ReferenceServer {
    RealPostgres(Path parent) throws Exception {
      super(parent, "postgres");
    }

    private static List<String> asUser(String... command) {
      List<String> words = new ArrayList<>();
      if (root()) {
        words.addAll(
            List.of("setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", "--"));
      }
      words.addAll(List.of(command));
      return words;
    }

    @Override
    void initdb() throws Exception {
      Files.createDirectory(directory());
      if (root()) {
        new ProcessBuilder("chown", "postgres", directory().toString()).start().waitFor();
        new ProcessBuilder("chmod", "a+rx", String.valueOf(directory().getParent()))
            .start()
            .waitFor();
      }
      Tools.Result made =
          Tools.run(
              "",
              asUser(
                  Tools.find("initdb").toString(),
                  "-D",
                  directory().toString(),
                  "-U",
                  "postgres",
                  "--no-sync",
                  "--locale=C",
                  "--encoding=UTF8",
                  "--auth=trust"));
      if (made.exitCode() != 0) {
        throw new IllegalStateException(made.both());
      }
    }

    @Override
    List<String> command() {
      return asUser(Tools.find("postgres").toString(), "-D", directory().toString());
    }

    @Override
    void kill(Connection session, int pid) throws Exception {
      signal(pid, "KILL");
    }

    @Override
    int loggerPid() throws Exception {
      for (ProcessHandle child : ProcessHandle.of(pid()).orElseThrow().children().toList()) {
        if (Files.readString(Path.of("/proc/" + child.pid() + "/cmdline")).contains("logger")) {
          return Math.toIntExact(child.pid());
        }
      }
      return 0;
    }

    @Override
    String immediate() {
      return "QUIT";
    }
  }
}
