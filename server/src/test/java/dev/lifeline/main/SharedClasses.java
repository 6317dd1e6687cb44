package dev.lifeline.main;

import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;

/// An archive of loaded classes (CDS) for the servers that tests start, which halves the work of a
/// start. Java archives classes of jars only, so what Maven has compiled is put into jars first. It
/// is made once for what was compiled, by the first JVM of tests that needs it.
final class SharedClasses {
  private static final Path FOLDER = Path.of("target", "shared-classes").toAbsolutePath();
  private static final long KEPT_S = TimeUnit.HOURS.toSeconds(1);

  private final String classPath;
  private final Path archive;

  private static final class Made {
    private static final SharedClasses ONE = make();
  }

  private SharedClasses(String classPath, Path archive) {
    this.classPath = classPath;
    this.archive = archive;
  }

  /// The options for a JVM with the class path of the tests; the flags that an archive depends on
  /// must be those of [#JVM].
  static List<String> options() {
    // Java would remark in each output that native access was not enabled in its own archive.
    return List.of(
        "-XX:SharedArchiveFile=" + Made.ONE.archive, "-Xlog:disable", "-cp", Made.ONE.classPath);
  }

  static final List<String> JVM =
      List.of(
          "-Xmx1g",
          "-XX:+UseSerialGC",
          "-XX:TieredStopAtLevel=1",
          "--enable-native-access=ALL-UNNAMED",
          "--sun-misc-unsafe-memory-access=allow");

  private static SharedClasses make() {
    try {
      List<Path> entries =
          Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
              .map(Path::of)
              .filter(Files::exists)
              .toList();
      Path home = FOLDER.resolve(state(entries));
      Files.createDirectories(home);
      try (FileChannel lock =
              FileChannel.open(
                  FOLDER.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
          FileLock _ = lock.lock()) {
        List<String> classPath = new ArrayList<>();
        for (Path entry : entries) {
          classPath.add((Files.isDirectory(entry) ? jar(entry, home) : entry).toString());
        }
        SharedClasses made =
            new SharedClasses(
                String.join(File.pathSeparator, classPath), home.resolve("classes.jsa"));
        if (!Files.exists(made.archive)) {
          removeOld(home);
          made.train(home);
        }
        return made;
      }
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException("no archive of classes for the tests' servers", e);
    }
  }

  /// Tells one state of what was compiled from another.
  private static String state(List<Path> entries) throws IOException {
    long state = Runtime.version().hashCode();
    for (Path entry : entries) {
      state = 31 * state + entry.hashCode();
      if (Files.isDirectory(entry)) {
        try (Stream<Path> files = Files.walk(entry)) {
          for (Path file : (Iterable<Path>) files.filter(Files::isRegularFile).sorted()::iterator) {
            FileTime time = Files.getLastModifiedTime(file);
            state = 31 * (31 * state + file.hashCode()) + time.toMillis();
          }
        }
      }
    }
    return HexFormat.of().toHexDigits(state);
  }

  private static Path jar(Path directory, Path home) throws IOException {
    Path jar = home.resolve(HexFormat.of().toHexDigits(directory.hashCode()) + ".jar");
    if (Files.exists(jar)) {
      return jar;
    }
    Path begun = jar.resolveSibling(jar.getFileName() + ".new");
    StringWriter said = new StringWriter();
    PrintWriter to = new PrintWriter(said);
    int code =
        ToolProvider.findFirst("jar")
            .orElseThrow()
            .run(
                to,
                to,
                "--create",
                "--no-compress",
                "--file",
                begun.toString(),
                "-C",
                directory.toString(),
                ".");
    if (code != 0) {
      throw new IOException(said.toString());
    }
    return Files.move(begun, jar, StandardCopyOption.ATOMIC_MOVE);
  }

  /// A server that starts, answers and stops.
  private void train(Path home) throws IOException, InterruptedException {
    Path begun = home.resolve("classes.jsa.new");
    Path output = home.resolve("training.log");
    Path data = Files.createTempDirectory("lifeline-training-");
    int port = LifelineProcess.freePort();
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(JVM);
    command.addAll(List.of("-XX:ArchiveClassesAtExit=" + begun, "-cp", classPath));
    command.addAll(List.of("dev.lifeline.main.Main", "run", "-D", data.resolve("data").toString()));
    command.addAll(List.of("-p", Integer.toString(port), "-k", data.toString()));
    command.addAll(List.of("-c", "lifeline.dashboard_port=0"));
    Process server =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    try {
      ask(server, "jdbc:postgresql://127.0.0.1:" + port + "/postgres?user=postgres");
      server.destroy();
      if (!server.waitFor(60, TimeUnit.SECONDS) || !Files.exists(begun)) {
        throw new IOException(Files.readString(output));
      }
    } finally {
      server.destroyForcibly();
      FileTree.remove(data);
    }
    Files.move(begun, archive, StandardCopyOption.ATOMIC_MOVE);
  }

  private static void ask(Process server, String url) throws IOException, InterruptedException {
    while (true) {
      try (var session = DriverManager.getConnection(url);
          var statement = session.createStatement()) {
        statement.execute("SELECT count(*) FROM pg_class WHERE relname LIKE 'pg%'");
        return;
      } catch (SQLException e) {
        if (!server.isAlive()) {
          throw new IOException("the server to be watched has ended", e);
        }
        Thread.sleep(50);
      }
    }
  }

  /// Of earlier states; those of the last hour may still be in use.
  private static void removeOld(Path current) throws IOException {
    try (Stream<Path> folders = Files.list(FOLDER)) {
      for (Path folder : (Iterable<Path>) folders.filter(Files::isDirectory)::iterator) {
        Instant time = Files.getLastModifiedTime(folder).toInstant();
        if (!folder.equals(current) && time.isBefore(Instant.now().minusSeconds(KEPT_S))) {
          FileTree.remove(folder);
        }
      }
    }
  }
}
