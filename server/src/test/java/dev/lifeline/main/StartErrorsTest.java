package dev.lifeline.main;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What keeps a server from starting is told in one line with a hint, exit code 1, no stack trace.
class StartErrorsTest {
  @TempDir private static Path dir;
  private static Path data;

  @BeforeAll
  static void initdb() throws Exception {
    data = dir.resolve("data");
    Tools.Result result = Tools.run("", LifelineProcess.command("initdb", "-D", data.toString()));
    assertEquals(0, result.exitCode(), result.both());
  }

  private static Tools.Result run(String... more) throws Exception {
    String[] arguments = new String[7 + more.length];
    String[] common = {
      "run", "-D", data.toString(), "-k", dir.toString(), "-c", "lifeline.dashboard_port=0"
    };
    System.arraycopy(common, 0, arguments, 0, common.length);
    System.arraycopy(more, 0, arguments, common.length, more.length);
    return Tools.run("", LifelineProcess.command(arguments));
  }

  private static void refused(Tools.Result result, String message, String hint) {
    assertEquals(1, result.exitCode(), result.both());
    assertTrue(result.err().contains(message), result.both());
    assertTrue(result.err().contains("HINT:  " + hint), result.both());
    assertFalse(result.both().contains("\tat "), result.both());
  }

  @Test
  void aTakenPort() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Tools.Result result =
          run("-h", "127.0.0.1", "-k", "", "-p", Integer.toString(taken.getLocalPort()));

      refused(
          result,
          "could not bind IPv4 address \"127.0.0.1\": Address already in use",
          "Is another postmaster already running on port " + taken.getLocalPort() + "?");
    }
  }

  @Test
  void aSecondPostmaster() throws Exception {
    Path shared = dir.resolve("shared");
    String port = Integer.toString(LifelineProcess.freePort());
    try (LifelineProcess first =
        LifelineProcess.start(shared, "-c", "lifeline.dashboard_port=" + port)) {
      List<String> unpacked = unpacked(shared);
      assertEquals(1, unpacked.size(), "what the dashboard's files are unpacked to");
      Tools.Result second =
          Tools.run(
              "",
              LifelineProcess.command(
                  "run", "-D", shared.toString(), "-p", Integer.toString(first.port() + 1)));

      refused(
          second,
          "lock file \"postmaster.pid\" already exists",
          "Is another postmaster (PID %d) running in data directory \"%s\"?"
              .formatted(first.process().pid(), shared));
      String lockFile = Files.readString(shared.resolve("postmaster.pid"), StandardCharsets.UTF_8);
      assertEquals(Long.toString(first.process().pid()), lockFile.lines().findFirst().orElse(""));
      assertEquals("ready   ", lockFile.lines().toList().get(7));
      assertEquals(unpacked, unpacked(shared), "the first one's are still there");
      first.kill();
      assertEquals(unpacked, unpacked(shared));
      first.restart();
      assertEquals(1, unpacked(shared).size(), "those of the killed one are not");
      assertNotEquals(unpacked, unpacked(shared));
      assertEquals(0, first.stop("INT"));
      assertEquals(List.of(), unpacked(shared));
      assertFalse(Files.exists(shared.resolve("postmaster.pid")));
    }
  }

  private static List<String> unpacked(Path data) throws Exception {
    try (var entries = Files.list(data.resolve(WebFiles.DIRECTORY))) {
      return entries.map(Path::toString).toList();
    }
  }

  @Test
  void aBrokenConfigurationLine() throws Exception {
    Path conf = data.resolve("postgresql.conf");
    String before = Files.readString(conf);
    try {
      Files.writeString(conf, "port = = 3\n" + before);
      refused(
          run(), "syntax error in file \"" + conf + "\" line 1, near token \"=\"", "Mend config");
      Files.writeString(conf, "# fine\nno_such_thing = 3\n" + before);
      refused(
          run(),
          "unrecognized configuration parameter \"no_such_thing\" in file \"" + conf + "\" line 2",
          "Mend config");
    } finally {
      Files.writeString(conf, before);
    }
  }

  @Test
  void aDirectoryThatOthersCanRead() throws Exception {
    Path open = dir.resolve("open");
    Tools.run("", LifelineProcess.command("initdb", "-D", open.toString()));
    Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxr-xr-x"));

    Tools.Result result = Tools.run("", LifelineProcess.command("run", "-D", open.toString()));

    assertEquals(1, result.exitCode());
    assertTrue(result.err().contains("data directory \"" + open + "\" has invalid permissions"));
    assertTrue(result.err().contains("Permissions should be u=rwx (0700) or u=rwx,g=rx (0750)."));
  }

  private static void refusedWithDetail(Tools.Result result, String message, String detail) {
    assertEquals(1, result.exitCode(), result.both());
    assertTrue(result.err().contains(message), result.both());
    assertTrue(result.err().contains("DETAIL:  " + detail), result.both());
    assertFalse(result.both().contains("\tat "), result.both());
  }

  @Test
  void aDirectoryOfAnotherMajorVersion() throws Exception {
    Path version = data.resolve("PG_VERSION");
    try {
      Files.writeString(version, "17\n");
      refusedWithDetail(
          run(),
          "FATAL:  database files are incompatible with server",
          "The data directory was initialized by PostgreSQL version 17, which is not compatible"
              + " with this version 15.");
      Files.writeString(version, "seventeen");
      refusedWithDetail(
          run(),
          "FATAL:  \"" + data + "\" is not a valid data directory",
          "File \"" + version + "\" does not contain valid data.");
    } finally {
      Files.writeString(version, "15\n");
    }
  }

  /// `PG_VERSION` is what initdb makes last: without it the directory is a part of a cluster.
  @Test
  void aDirectoryThatWasNotInitializedToItsEnd() throws Exception {
    Path half = dir.resolve("half");
    Tools.run("", LifelineProcess.command("initdb", "-D", half.toString()));
    Files.delete(half.resolve("PG_VERSION"));
    for (String command : List.of("run", "initdb")) {
      refused(
          Tools.run("", LifelineProcess.command(command, "-D", half.toString())),
          "directory \"" + half + "\" exists but is not empty",
          "If you want to create a new database system, either remove or empty the directory");
    }
    Tools.Result start =
        Tools.run("", LifelineProcess.command("start", "-D", half.toString(), "-w"));
    assertEquals(1, start.exitCode(), start.both());
    assertTrue(start.both().contains("is not a database cluster directory"), start.both());
  }

  /// PostgreSQL's own directory of the same major version: told by its control file, and not
  /// touched.
  @Test
  void aDirectoryOfPostgres() throws Exception {
    Path control = data.resolve("global/pg_control");
    byte[] ours = Files.readAllBytes(control);
    byte[] theirs = new byte[8192];
    ByteBuffer.wrap(theirs).order(ByteOrder.LITTLE_ENDIAN).putInt(8, 1300);
    try {
      Files.write(control, theirs);
      refusedWithDetail(
          run(),
          "FATAL:  database files are incompatible with server",
          "The database cluster was initialized with PG_CONTROL_VERSION 1300 (0x00000514), but the"
              + " server was compiled with PG_CONTROL_VERSION ");
      assertArrayEquals(theirs, Files.readAllBytes(control));
    } finally {
      Files.write(control, ours);
    }
  }

  @Test
  void noWalFromTheLastCheckpointOn() throws Exception {
    Path segment = data.resolve("pg_wal/000000010000000000000001");
    Path away = dir.resolve("segment");
    Files.move(segment, away);
    try {
      Tools.Result result = run();
      assertEquals(1, result.exitCode(), result.both());
      assertTrue(
          result.err().contains("PANIC:  could not locate a valid checkpoint record"),
          result.both());
      assertFalse(result.both().contains("\tat "), result.both());
    } finally {
      Files.move(away, segment);
    }
  }

  @Test
  void settingsOfKafkaThatOthersCanRead() throws Exception {
    String secret = "sasl.jaas.config=whatever password=\"the-secret\";";
    Path file = Files.writeString(data.resolve("kafka.properties"), secret);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
    String[] kafka = {
      "-h",
      "",
      "-c",
      "lifeline.kafka_bootstrap_servers=127.0.0.1:1",
      "-c",
      "lifeline.kafka_client_config=kafka.properties"
    };
    Tools.Result open = run(kafka);
    Files.delete(file);
    Tools.Result missing = run(kafka);

    String message = "could not load the settings of Kafka's clients from \"kafka.properties\": ";
    assertEquals(1, open.exitCode(), open.both());
    assertTrue(open.err().contains(message + "file has group or world access"), open.both());
    assertFalse(open.both().contains("the-secret"), open.both());
    assertEquals(1, missing.exitCode(), missing.both());
    assertTrue(missing.err().contains(message + "No such file or directory"), missing.both());
  }

  @Test
  void anUnknownFlag() throws Exception {
    Process process =
        new ProcessBuilder(LifelineProcess.command("run", "--nonsense"))
            .redirectErrorStream(true)
            .start();
    assertTrue(process.waitFor(30, TimeUnit.SECONDS));
    assertEquals(2, process.exitValue());
  }
}
