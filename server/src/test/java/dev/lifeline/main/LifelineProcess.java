package dev.lifeline.main;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lifeline.access.EngineConfig;
import dev.lifeline.commands.amcheck.ClusterCheck;
import dev.lifeline.storage.file.FileDisk;
import dev.lifeline.storage.file.ShadowDisk;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/// A server in a JVM of its own, so that it can be killed.
final class LifelineProcess implements AutoCloseable {
  /// Much, for a machine that does other things as well.
  private static final long START_TIMEOUT_S = 240;

  private static final long STOP_TIMEOUT_S = 60;

  private static final int SIGINT = 2;

  private final Path directory;
  private final int port;
  private final List<String> options;
  private final Path output;
  private Process process;

  private LifelineProcess(Path directory, int port, List<String> options) throws IOException {
    this.directory = directory;
    this.port = port;
    this.options = options;
    this.output = directory.resolveSibling(directory.getFileName() + ".log");
    this.process = launch();
  }

  /// Starts a server on a directory, which is initialized when it is missing; returns when it is
  /// ready.
  static LifelineProcess start(Path directory, String... options) throws Exception {
    LifelineProcess server = new LifelineProcess(directory, freePort(), List.of(options));
    server.awaitReady();
    return server;
  }

  /// As [#start], without a client's asking: returns when its log says that it is ready.
  static LifelineProcess startQuietly(Path directory, String... options) throws Exception {
    LifelineProcess server = new LifelineProcess(directory, freePort(), List.of(options));
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_TIMEOUT_S);
    while (!server.log().contains("database system is ready to accept connections")) {
      if (!server.process.isAlive() || System.nanoTime() > until) {
        throw new IllegalStateException("the server does not start: " + server.log());
      }
      Thread.sleep(20);
    }
    return server;
  }

  /// A port that nobody listens on, below those that the system gives to connections: one of these
  /// could be taken by any client before the server is there.
  static int freePort() {
    while (true) {
      int port = ThreadLocalRandom.current().nextInt(10_000, 32_000);
      try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
        return socket.getLocalPort();
      } catch (IOException e) {
        // It is taken.
      }
    }
  }

  /// The command that runs `lifeline` with these arguments.
  static List<String> command(String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(SharedClasses.JVM);
    command.addAll(SharedClasses.options());
    command.add("dev.lifeline.main.Main");
    command.addAll(List.of(arguments));
    return command;
  }

  private Process launch() throws IOException {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "run",
                "-D",
                directory.toString(),
                "-p",
                Integer.toString(port),
                "-k",
                directory.resolveSibling("").toAbsolutePath().toString(),
                "-c",
                "lifeline.dashboard_port=0"));
    arguments.addAll(options);
    List<String> words = new ArrayList<>();
    if (ignoresInterrupts()) {
      words.addAll(List.of("env", "--default-signal=INT"));
    }
    words.addAll(command(arguments.toArray(String[]::new)));
    return new ProcessBuilder(words)
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(output.toFile()))
        .start();
  }

  /// Whether a child would not hear SIGINT: a shell starts what runs in the background so, and a
  /// process inherits it.
  private static boolean ignoresInterrupts() throws IOException {
    Path status = Path.of("/proc/self/status");
    if (!Files.exists(status)) {
      return false;
    }
    for (String line : Files.readAllLines(status)) {
      if (line.startsWith("SigIgn:")) {
        return (Long.parseUnsignedLong(line.substring(7).strip(), 16) & (1L << (SIGINT - 1))) != 0;
      }
    }
    return false;
  }

  private void awaitReady() throws Exception {
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_TIMEOUT_S);
    while (true) {
      if (!process.isAlive()) {
        throw new IllegalStateException("the server has ended: " + log());
      }
      if (System.nanoTime() > until) {
        throw new IllegalStateException("the server is not ready: " + log());
      }
      try (Connection connection = connect("postgres")) {
        if (connection.isValid(5)) {
          return;
        }
      } catch (SQLException e) {
        Thread.sleep(50);
      }
    }
  }

  int port() {
    return port;
  }

  Path directory() {
    return directory;
  }

  Process process() {
    return process;
  }

  /// What it printed so far.
  String log() throws IOException {
    return Files.readString(output, StandardCharsets.UTF_8);
  }

  String url(String database) {
    return "jdbc:postgresql://127.0.0.1:"
        + port
        + "/"
        + database
        + "?user=postgres&sslmode=disable";
  }

  Connection connect(String database) throws SQLException {
    return DriverManager.getConnection(url(database));
  }

  /// Kills the JVM as `kill -9` does.
  void kill() {
    process.destroyForcibly();
    process.onExit().join();
  }

  /// Starts it again on the same directory and port.
  void restart() throws Exception {
    process = launch();
    awaitReady();
  }

  /// Asks it to stop with a signal and returns its exit code.
  int stop(String signal) throws Exception {
    new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid())).start().waitFor();
    if (!process.waitFor(STOP_TIMEOUT_S, TimeUnit.SECONDS)) {
      // What its threads do then is in its log, and that in the message.
      new ProcessBuilder("kill", "-QUIT", Long.toString(process.pid())).start().waitFor();
      Thread.sleep(1000);
      throw new IllegalStateException("the server does not stop: " + log());
    }
    return process.exitValue();
  }

  /// The event log is whole.
  void verifyEvents() throws Exception {
    events("verify");
  }

  /// What `lifeline events` prints about its log.
  List<String> events(String command, String... options) throws Exception {
    List<String> all = new ArrayList<>(command("events", command, "-D", directory.toString()));
    all.addAll(List.of(options));
    Process process = new ProcessBuilder(all).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), said);
    return said.lines().toList();
  }

  /// The files of the server, which does not run, are what they should be, also after a kill: what
  /// `lifeline checkdb` does.
  void checkFiles() {
    assertEquals(List.of(), check(directory).findings());
  }

  static ClusterCheck.Report check(Path directory) {
    Vertx vertx = Vertx.vertx();
    try {
      Assembly.Ground ground = Assembly.Ground.of(vertx);
      FileDisk disk = FileDisk.open(directory, 100, ground.wakeup());
      return Blocking.await(Assembly.check(ground, EngineConfig.defaults(), new ShadowDisk(disk)));
    } finally {
      Blocking.await(vertx.close());
    }
  }

  @Override
  public void close() {
    if (process.isAlive()) {
      kill();
    }
  }
}
