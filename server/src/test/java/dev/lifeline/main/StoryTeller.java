package dev.lifeline.main;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lifeline.events.CheckpointEvent;
import dev.lifeline.events.ConnectionEvent;
import dev.lifeline.events.Envelope;
import dev.lifeline.events.FaultEvent;
import dev.lifeline.events.LifecycleEvent;
import dev.lifeline.events.PostmasterEvent;
import dev.lifeline.events.ProcessEvent;
import dev.lifeline.events.RecoveryEvent;
import dev.lifeline.events.StatementEvent;
import dev.lifeline.events.codec.LineReader;
import dev.lifeline.events.journal.JournalLine;
import dev.lifeline.events.journal.JournalReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// A server, its clients, its two logs and its process tree, as [EmployeesStoryTest] tells of them.
final class StoryTeller implements AutoCloseable {
  private static final Pattern PID = Pattern.compile("PID (\\d+)");
  private static final long PATIENCE_S = 30;

  private final Path dir;
  private final Path data;
  private @Nullable LifelineProcess process;
  private int logSeen;
  private long eventsSeen;

  /// What was not as it should be: told together at the end, because the story is long.
  private final List<String> differences = new ArrayList<>();

  StoryTeller(Path dir) {
    this.dir = dir;
    this.data = dir.resolve("lifeline");
  }

  private LifelineProcess server() {
    LifelineProcess started = process;
    if (started == null) {
      throw new IllegalStateException("the story has not begun");
    }
    return started;
  }

  void start() throws Exception {
    Tools.Result made = Tools.run("", LifelineProcess.command("initdb", "-D", data.toString()));
    assertEquals(0, made.exitCode(), made.both());
    Path archive = Files.createDirectory(dir.resolve("archive"));
    Files.writeString(
        data.resolve("pg_hba.conf"),
        "host all grace 127.0.0.1/32 scram-sha-256\nhost all all 127.0.0.1/32 trust\n");
    configure(
        """
        unix_socket_directories = ''
        log_line_prefix = '%%b|%%e|'
        log_connections = on
        log_disconnections = on
        archive_mode = on
        archive_command = 'cp %%p %s/%%f'
        autovacuum_naptime = '1h'
        checkpoint_timeout = '1h'
        """
            .formatted(archive));
    process = LifelineProcess.startQuietly(data, "-k", "");
    settle();
  }

  void restart() throws Exception {
    forgetLog();
    forgetEvents();
    server().restart();
    settle();
  }

  int stop(String signal) throws Exception {
    return server().stop(signal);
  }

  void signal(String name) throws Exception {
    ReferenceServer.signal(server().process().pid(), name);
  }

  int awaitExit() throws Exception {
    assertTrue(server().process().waitFor(PATIENCE_S, TimeUnit.SECONDS), server().log());
    return server().process().exitValue();
  }

  int postmasterPid() {
    return Math.toIntExact(server().process().pid());
  }

  void configure(String lines) throws IOException {
    Files.writeString(data.resolve("postgresql.conf"), lines, StandardOpenOption.APPEND);
  }

  /// Those who had something to say have said it: the server log and the event log rest.
  void settle() throws Exception {
    long until = deadline();
    long before;
    long now = logged();
    do {
      before = now;
      Thread.sleep(300);
      now = logged();
    } while (now != before && System.nanoTime() < until);
  }

  /// The bytes of both logs.
  private long logged() throws IOException {
    long bytes = process == null ? 0 : server().log().length();
    Path events = data.resolve("pg_events");
    if (Files.isDirectory(events)) {
      try (Stream<Path> files = Files.list(events)) {
        for (Path file : files.toList()) {
          bytes += Files.exists(file) ? Files.size(file) : 0;
        }
      }
    }
    return bytes;
  }

  private static long deadline() {
    return System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_S);
  }

  /// What is said in turn by somebody who may need a moment for it.
  interface Telling {
    List<String> lines() throws Exception;
  }

  private void same(String expected, Telling telling) throws Exception {
    long until = deadline();
    String actual = text(telling);
    while (!expected.equals(actual) && System.nanoTime() < until) {
      Thread.sleep(100);
      actual = text(telling);
    }
    if (!expected.equals(actual)) {
      differences.add("expected:\n" + expected + "but was:\n" + actual);
    }
  }

  private static String text(Telling telling) throws Exception {
    return String.join("\n", telling.lines()) + "\n";
  }

  void verify() throws Exception {
    assertEquals("", String.join("\n", differences));
    server().verifyEvents();
    server().checkFiles();
  }

  // clients

  Tools.Result psql(String database, String script) throws Exception {
    Tools.Result result = Tools.psql(server(), database, script);
    settle();
    return result;
  }

  Connection connect(String application) throws SQLException {
    return connect("postgres", "", "mydb", application);
  }

  RawClient rawClient() throws IOException {
    return RawClient.connect(server().port(), "postgres", "mydb");
  }

  private Connection connect(String user, String password, String database, String application)
      throws SQLException {
    Properties properties = new Properties();
    properties.setProperty("user", user);
    properties.setProperty("password", password);
    properties.setProperty("sslmode", "disable");
    properties.setProperty("ApplicationName", application);
    properties.setProperty("preferQueryMode", "simple");
    properties.setProperty("assumeMinServerVersion", application.isEmpty() ? "8.4" : "15");
    return DriverManager.getConnection(
        "jdbc:postgresql://127.0.0.1:" + server().port() + "/" + database, properties);
  }

  /// The SQLSTATE with which somebody is not let in.
  String refusal(String user, String password, String database) throws Exception {
    String state;
    try (Connection session = connect(user, password, database, "")) {
      state = "let in " + session;
    } catch (SQLException e) {
      state = e.getSQLState();
    }
    settle();
    return state;
  }

  void execute(Connection session, String sql) throws SQLException {
    try (Statement statement = session.createStatement()) {
      statement.execute(sql);
    }
  }

  /// Completes with the SQLSTATE of its error, or nothing.
  CompletableFuture<String> inBackground(Connection session, String sql) throws Exception {
    CompletableFuture<String> running =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                execute(session, sql);
                return "";
              } catch (SQLException e) {
                return String.valueOf(e.getSQLState());
              }
            },
            ReferenceScript.THREADS);
    settle();
    return running;
  }

  void sql(String sql) throws SQLException {
    try (Connection session = connect("script")) {
      execute(session, sql);
    }
  }

  List<String> query(String sql) throws SQLException {
    try (Connection session = connect("script")) {
      return ReferenceServer.query(session, sql);
    }
  }

  void crash(Connection session) throws SQLException {
    crash(session, ReferenceServer.backendPid(session));
  }

  /// As `kill -9` of one process; it takes the session with it.
  void crash(Connection session, int pid) {
    try {
      execute(session, "SELECT lifeline_crash_backend(" + pid + ")");
    } catch (SQLException e) {
      assertTrue(Set.of("57P02", "08006").contains(e.getSQLState()), e.getSQLState());
    }
  }

  /// Something that a step does.
  interface Deed {
    void run() throws Exception;
  }

  /// How newcomers are refused who try to get in from the deed on, until one is let in again.
  Set<String> newcomersDuring(Deed deed) throws Exception {
    Set<String> refusals = new ConcurrentSkipListSet<>();
    CompletableFuture<Void> crowd =
        CompletableFuture.runAsync(() -> untilRefusedAndLetIn(refusals), ReferenceScript.THREADS);
    Thread.sleep(100);
    deed.run();
    crowd.get(PATIENCE_S, TimeUnit.SECONDS);
    settle();
    return refusals;
  }

  private void untilRefusedAndLetIn(Set<String> refusals) {
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_S);
    while (System.nanoTime() < until) {
      try (RawClient newcomer = RawClient.connect(server().port(), "postgres", "mydb")) {
        String first = newcomer.greeting();
        if (!first.isEmpty()) {
          refusals.add(first);
        } else if (!refusals.isEmpty()) {
          return;
        }
      } catch (IOException e) {
        // Its connection broke in the middle of the crash.
      }
      LockSupport.parkNanos(2_000_000);
    }
  }

  // the log

  private List<String> log() throws IOException {
    List<String> lines = new ArrayList<>();
    for (String line : server().log().lines().toList()) {
      String[] parts = line.split("\\|", 3);
      if (parts.length == 3 && !parts[2].matches("(DETAIL|HINT|STATEMENT|CONTEXT|QUERY): .*")) {
        String message =
            ReferenceLog.withoutNumbers(parts[2].replaceFirst("^[A-Z]+:  ", ""))
                .replaceFirst("complete: wrote <n> buffers.*", "complete: wrote <n> buffers");
        String state = parts[1].equals("00000") ? "" : " [" + parts[1] + "]";
        lines.add(parts[0] + ": " + message + state);
      }
    }
    return lines;
  }

  private List<String> newLines() throws IOException {
    List<String> all = log();
    return all.subList(logSeen, all.size());
  }

  void forgetLog() throws IOException {
    logSeen = log().size();
  }

  /// What it has said since it was looked at last.
  void logSays(String expected) throws Exception {
    settle();
    same(expected, this::newLines);
    forgetLog();
  }

  /// As [#logSays], where others may have said something between these lines.
  void logSaysAmongOthers(String expected) throws Exception {
    inOrder(expected, this::newLines);
    forgetLog();
  }

  void logHas(String line) throws Exception {
    inOrder(line, this::newLines);
  }

  private void inOrder(String expected, Telling telling) throws Exception {
    long until = deadline();
    String missing = missing(expected, telling.lines());
    while (!missing.isEmpty() && System.nanoTime() < until) {
      Thread.sleep(100);
      missing = missing(expected, telling.lines());
    }
    if (!missing.isEmpty()) {
      differences.add(missing);
    }
  }

  /// The first of the expected lines that does not follow those before it, or nothing.
  private static String missing(String expected, List<String> lines) {
    int at = 0;
    for (String wanted : expected.lines().toList()) {
      int from = at;
      while (at < lines.size() && !lines.get(at).equals(wanted)) {
        at++;
      }
      if (at == lines.size()) {
        return wanted + "\nis not in\n" + String.join("\n", lines.subList(from, lines.size()));
      }
      at++;
    }
    return "";
  }

  // the event log

  private List<Envelope> events() throws Exception {
    LineReader reader = new LineReader();
    List<Envelope> found = new ArrayList<>();
    for (JournalLine line : JournalReader.of(data.resolve("pg_events")).read(1, 1_000_000)) {
      found.add(line.envelope(reader));
    }
    return found;
  }

  private List<String> newEvents() throws Exception {
    List<String> told = new ArrayList<>();
    for (Envelope event : events()) {
      String what = describe(event.event());
      if (event.sequence() > eventsSeen && what != null) {
        told.add(event.subject().processType() + ": " + what);
      }
    }
    return told;
  }

  void forgetEvents() throws Exception {
    settle();
    List<Envelope> all = events();
    eventsSeen = all.isEmpty() ? 0 : all.getLast().sequence();
  }

  void eventsTell(String expected) throws Exception {
    settle();
    same(expected, this::newEvents);
    forgetEvents();
  }

  void eventsTellAmongOthers(String expected) throws Exception {
    inOrder(expected, this::newEvents);
    forgetEvents();
  }

  void eventsHave(String... expected) throws Exception {
    inOrder(String.join("\n", expected), this::newEvents);
  }

  /// Null for what happens all the time.
  private static @Nullable String describe(LifecycleEvent event) {
    return switch (event) {
      case PostmasterEvent.StateChanged(String from, String to) ->
          "state_changed " + from + " -> " + to;
      case PostmasterEvent.ShutdownRequested requested -> "shutdown_requested " + requested.mode();
      case PostmasterEvent.ConfigReloaded reloaded -> {
        StringBuilder text = new StringBuilder("config_reloaded");
        for (PostmasterEvent.ParameterChange change : reloaded.parameters()) {
          text.append(' ').append(change.name()).append(' ').append(change.oldValue());
          text.append(" -> ").append(change.newValue());
        }
        yield text.toString();
      }
      case PostmasterEvent other -> name(other);
      case ProcessEvent.Ready ready -> null;
      case ProcessEvent.Exited exited -> "exited " + exited.exitCode();
      case ProcessEvent.Terminated told -> "terminated " + told.signal();
      case ProcessEvent other -> name(other);
      case ConnectionEvent.Rejected rejected -> "rejected " + rejected.sqlstate();
      case ConnectionEvent.Closed closed ->
          closed.sqlstate() == null ? "closed" : "closed " + closed.sqlstate();
      case ConnectionEvent other -> name(other);
      case StatementEvent.Failed failed -> "failed " + failed.sqlstate();
      case CheckpointEvent other -> "checkpoint " + name(other);
      case RecoveryEvent other -> "recovery " + name(other);
      case FaultEvent.Injected fault -> "injected " + fault.fault();
      default -> null;
    };
  }

  private static String name(LifecycleEvent event) {
    return event
        .getClass()
        .getSimpleName()
        .replaceAll("(?<=[a-z])(?=[A-Z])", "_")
        .toLowerCase(Locale.ROOT);
  }

  // the process tree

  String status() throws Exception {
    return Tools.run("", LifelineProcess.command("status", "--tree", "-D", data.toString())).out();
  }

  private List<String> tree() throws Exception {
    return status().lines().dropWhile(line -> !line.startsWith("postmaster (")).toList();
  }

  /// The pids in the tree, with the postmaster's.
  Set<Integer> pids() throws Exception {
    return pids(tree());
  }

  private static Set<Integer> pids(List<String> lines) {
    Set<Integer> pids = new TreeSet<>();
    for (String line : lines) {
      Matcher matcher = PID.matcher(line);
      assertTrue(matcher.find(), line);
      pids.add(Integer.parseInt(matcher.group(1)));
    }
    return pids;
  }

  /// The postmaster's children, within a moment. The last branch of the expected ones may look like
  /// another one.
  void treeIs(String children) throws Exception {
    same(drawn(children), this::drawnTree);
  }

  private static String drawn(String children) {
    int last = children.lastIndexOf("── ") - 1;
    return "postmaster (PID <pid>)\n"
        + children.substring(0, last)
        + "└"
        + children.substring(last + 1);
  }

  private List<String> drawnTree() throws Exception {
    List<String> lines = tree();
    Set<Integer> pids = pids(lines);
    assertEquals(lines.size(), pids.size(), "each has a pid of its own");
    assertTrue(pids.contains(postmasterPid()));
    return String.join("\n", lines)
        .replaceAll("PID \\d+", "PID <pid>")
        .replaceAll("transaction \\d+", "transaction <xid>")
        .replaceAll("127.0.0.1\\(\\d+\\)", "127.0.0.1(<port>)")
        .lines()
        .toList();
  }

  @Override
  public void close() {
    LifelineProcess started = process;
    if (started != null) {
      started.close();
    }
  }
}
