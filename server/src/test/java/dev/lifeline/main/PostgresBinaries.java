package dev.lifeline.main;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import java.util.zip.ZipFile;

/// A real PostgreSQL of any supported version, from the archives that the build copies into
/// `target/postgres-binaries`. Its log is csvlog before version 15, jsonlog from there.
final class PostgresBinaries implements AutoCloseable {
  private static final Path ARCHIVES =
      Path.of(System.getProperty("basedir", "server"), "target", "postgres-binaries")
          .toAbsolutePath();
  private static final String ENTRY = "postgres-linux-x86_64.txz";
  static final String PASSWORD = "s3cret";
  private static final int FIRST_WITH_JSONLOG = 15;

  private final int major;
  private final Path directory;
  private final Path programs;
  private final Path output;
  private final int port;

  /// An initialized directory that no server runs on yet.
  ///
  /// @param parent a temporary folder; the user that the server runs as is let into it
  /// @param settings lines of its configuration
  PostgresBinaries(int major, Path parent, String settings) throws IOException {
    this.major = major;
    this.directory = parent.resolve("pg" + major);
    this.programs = parent.resolve("programs" + major);
    this.output = parent.resolve("programs" + major + ".txt");
    this.port = LifelineProcess.freePort();
    Files.createDirectory(programs);
    Files.createDirectory(directory);
    if (root()) {
      exec(List.of("chmod", "a+rx", parent.toString()));
      exec(List.of("chown", "postgres", directory.toString()));
    }
    unpack();
    initdb(parent, settings);
  }

  /// A standby of a server that was never started: the same cluster, elsewhere.
  private PostgresBinaries(PostgresBinaries primary, Path parent) throws IOException {
    major = primary.major;
    programs = primary.programs;
    directory = parent.resolve("standby" + major);
    output = parent.resolve("standby" + major + ".txt");
    port = LifelineProcess.freePort();
    exec(List.of("cp", "-a", primary.directory.toString(), directory.toString()));
    // The file's owner is whoever runs this; its content is nothing.
    Files.createFile(directory.resolve("standby.signal"));
    configure(
        """
        port=%d
        primary_conninfo='host=127.0.0.1 port=%d user=postgres password=%s'
        """
            .formatted(port, primary.port, PASSWORD));
  }

  /// A standby of this server, which was not started yet.
  PostgresBinaries standby(Path parent) throws IOException {
    return new PostgresBinaries(this, parent);
  }

  void promote() throws IOException {
    run("pg_ctl", "-D", directory.toString(), "-w", "promote");
  }

  /// Whether the build has copied the programs; it does so for one platform only.
  static boolean isThere() {
    return System.getProperty("os.arch").equals("amd64") && Files.isDirectory(ARCHIVES);
  }

  private void unpack() throws IOException {
    Path archive;
    try (Stream<Path> files = Files.list(ARCHIVES)) {
      archive =
          files
              .filter(file -> file.getFileName().toString().contains("-" + major + "."))
              .findFirst()
              .orElseThrow(() -> new IllegalStateException("no PostgreSQL " + major));
    }
    Path packed = programs.resolve(ENTRY);
    try (ZipFile zip = new ZipFile(archive.toFile());
        InputStream in = zip.getInputStream(zip.getEntry(ENTRY))) {
      Files.copy(in, packed);
    }
    exec(List.of("tar", "--no-same-owner", "-xJf", packed.toString(), "-C", programs.toString()));
    Files.delete(packed);
  }

  private void initdb(Path parent, String settings) throws IOException {
    Path password = parent.resolve("password" + major);
    Files.writeString(password, PASSWORD + "\n");
    run(
        "initdb",
        "-D",
        directory.toString(),
        "-U",
        "postgres",
        "--no-sync",
        "--locale=C",
        "--encoding=UTF8",
        "--auth=scram-sha-256",
        "--pwfile=" + password);
    String format = major < FIRST_WITH_JSONLOG ? "csvlog" : "jsonlog";
    configure(
        """
        port=%d
        listen_addresses='127.0.0.1'
        unix_socket_directories=''
        fsync=off
        logging_collector=on
        log_destination='%s'
        log_timezone='UTC'
        """
                .formatted(port, format)
            + settings);
  }

  /// Adds lines to the configuration; they hold from the next start or reload.
  void configure(String lines) throws IOException {
    Files.writeString(
        directory.resolve("postgresql.conf"), lines + "\n", StandardOpenOption.APPEND);
  }

  /// Lets everybody but its superuser in by TLS only, with this certificate of the authority's.
  void requireTls(Certificates authority, String certificate) throws IOException {
    for (String kind : List.of("crt", "key")) {
      Path copy = directory.resolve("server." + kind);
      Files.copy(authority.file(certificate + "." + kind), copy);
      Files.setPosixFilePermissions(copy, PosixFilePermissions.fromString("rw-------"));
      if (root()) {
        exec(List.of("chown", "postgres", copy.toString()));
      }
    }
    configure("ssl=on");
    Files.writeString(
        directory.resolve("pg_hba.conf"),
        """
        host all postgres 127.0.0.1/32 scram-sha-256
        hostssl all all 127.0.0.1/32 scram-sha-256
        """);
  }

  void start() throws IOException {
    run("pg_ctl", "-D", directory.toString(), "-w", "-l", "/dev/null", "start");
  }

  /// Stops it and waits for its end.
  void stop(String mode) throws IOException {
    run("pg_ctl", "-D", directory.toString(), "-w", "-m", mode, "stop");
  }

  void reload() throws IOException {
    run("pg_ctl", "-D", directory.toString(), "reload");
  }

  /// Kills the postmaster as the kernel does when memory is short, and waits until its children
  /// have seen that it is gone.
  void killPostmaster() throws Exception {
    Path lock = directory.resolve("postmaster.pid");
    long pid = Long.parseLong(Files.readAllLines(lock).getFirst());
    try (Stream<ProcessHandle> tree = ProcessHandle.of(pid).orElseThrow().children()) {
      List<ProcessHandle> children = tree.toList();
      kill(pid);
      for (ProcessHandle child : children) {
        child.onExit().get(20, TimeUnit.SECONDS);
      }
    }
    Files.delete(lock);
  }

  static void kill(long pid) throws Exception {
    ReferenceServer.signal(pid, "KILL");
  }

  String url() {
    return url("postgres", "127.0.0.1", "");
  }

  /// @param parameters what follows the database, from the question mark on
  String url(String user, String host, String parameters) {
    return "postgresql://%s:%s@%s:%d/postgres%s".formatted(user, PASSWORD, host, port, parameters);
  }

  Connection connect() throws SQLException {
    return connect(PASSWORD, "postgres");
  }

  Connection connect(String password, String database) throws SQLException {
    Properties properties = new Properties();
    properties.setProperty("user", "postgres");
    properties.setProperty("password", password);
    properties.setProperty("sslmode", "disable");
    return DriverManager.getConnection(
        "jdbc:postgresql://127.0.0.1:" + port + "/" + database, properties);
  }

  static void execute(Connection session, String sql) throws SQLException {
    try (Statement statement = session.createStatement()) {
      statement.execute(sql);
    }
  }

  static int backendPid(Connection session) throws SQLException {
    try (Statement statement = session.createStatement();
        ResultSet rows = statement.executeQuery("SELECT pg_backend_pid()")) {
      rows.next();
      return rows.getInt(1);
    }
  }

  /// The files of its log, in the order in which they were written.
  List<Path> logs() throws IOException {
    try (Stream<Path> files = Files.list(directory.resolve("log"))) {
      return files
          .filter(file -> file.toString().endsWith(major < FIRST_WITH_JSONLOG ? ".csv" : ".json"))
          .sorted()
          .toList();
    }
  }

  private static boolean root() {
    return System.getProperty("user.name").equals("root");
  }

  /// Runs one of its programs; PostgreSQL refuses root, so then it is run as the user that Debian's
  /// package has made.
  private void run(String program, String... arguments) throws IOException {
    List<String> words = new ArrayList<>();
    if (root()) {
      words.addAll(
          List.of("setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", "--"));
    }
    words.add(programs.resolve("bin").resolve(program).toString());
    words.addAll(List.of(arguments));
    exec(words);
  }

  private void exec(List<String> words) throws IOException {
    Process process =
        new ProcessBuilder(words)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(output.toFile()))
            .start();
    process.onExit().completeOnTimeout(process, 60, TimeUnit.SECONDS).join();
    if (process.isAlive() || process.exitValue() != 0) {
      process.destroyForcibly();
      throw new IllegalStateException(
          "failed: " + String.join(" ", words) + "\n" + Files.readString(output));
    }
  }

  @Override
  public void close() throws IOException {
    if (Files.exists(directory.resolve("postmaster.pid"))) {
      stop("immediate");
    }
  }
}
