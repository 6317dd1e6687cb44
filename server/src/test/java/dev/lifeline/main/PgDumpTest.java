package dev.lifeline.main;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The real pg_dump and pg_restore, between Lifeline and a real PostgreSQL: the same script of
/// thirty tables is run on both, and whatever way its dump goes, the dump of what was restored is
/// the dump of the original, to the letter.
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class PgDumpTest {
  private static final String ORIGINAL = "original";

  @TempDir private static Path dir;
  private static LifelineProcess lifeline;
  private static ReferenceServer postgres;
  private static String dump;

  @BeforeAll
  static void start() throws Exception {
    lifeline = LifelineProcess.start(dir.resolve("data"));
    postgres = ReferenceServer.postgres(dir);
    postgres.configure("port = " + postgres.port() + "\nlisten_addresses = '127.0.0.1'");
    postgres.writeHba("host all all 127.0.0.1/32 trust\n");
    postgres.start();
    Path here = Path.of("src/test/regress/dump/schema.sql");
    Path script = Files.exists(here) ? here : Path.of("server").resolve(here);
    for (int port : List.of(lifeline.port(), postgres.port())) {
      psql(port, "postgres", "CREATE DATABASE " + ORIGINAL);
      succeeds(client("psql", port, "-XAtq", "-v", "ON_ERROR_STOP=1", "-d", ORIGINAL), script);
    }
    dump = plainDump(lifeline.port(), ORIGINAL);
  }

  @AfterAll
  static void stop() throws Exception {
    postgres.close();
    assertEquals(0, lifeline.stop("INT"), lifeline.log());
  }

  private static List<String> client(String program, int port, String... more) {
    List<String> command = new ArrayList<>(List.of(Tools.find(program).toString()));
    command.addAll(List.of("-h", "127.0.0.1", "-p", Integer.toString(port), "-U", "postgres"));
    command.addAll(List.of(more));
    return command;
  }

  private static String succeeds(List<String> command, Path input) throws Exception {
    Tools.Result result = Tools.run(Files.readString(input), command);
    assertEquals(0, result.exitCode(), result.err());
    return result.out();
  }

  private static String succeeds(List<String> command) throws Exception {
    Tools.Result result = Tools.run("", command);
    assertEquals(0, result.exitCode(), result.err());
    assertEquals("", result.err());
    return result.out();
  }

  private static void psql(int port, String database, String sql) throws Exception {
    succeeds(client("psql", port, "-Xq", "-d", database, "-c", sql));
  }

  /// Without what differs from one dump to the next, and from one server to the other.
  private static String plainDump(int port, String database) throws Exception {
    return succeeds(client("pg_dump", port, database))
        .lines()
        .filter(line -> !line.startsWith("\\restrict") && !line.startsWith("\\unrestrict"))
        .filter(line -> !line.startsWith("-- Dumped from database version"))
        .collect(Collectors.joining("\n"));
  }

  @Test
  @Order(1)
  void theDumpIsPostgres() throws Exception {
    assertEquals(plainDump(postgres.port(), ORIGINAL), dump);
  }

  @ParameterizedTest
  @Order(2)
  @ValueSource(strings = {"plain", "inserts", "custom", "directory"})
  void aDumpIsRestored(String form) throws Exception {
    for (int from : List.of(lifeline.port(), postgres.port())) {
      Path file = dir.resolve(form + from);
      write(form, from, file);
      for (int target : List.of(lifeline.port(), postgres.port())) {
        if (from == postgres.port() && target == from) {
          continue;
        }
        String database = "restored_" + form + "_" + from;
        psql(target, "postgres", "CREATE DATABASE " + database);
        restore(form, target, database, file);
        assertEquals(dump, plainDump(target, database), form + " from " + from + " to " + target);
      }
    }
  }

  private static void write(String form, int port, Path file) throws Exception {
    List<String> options =
        switch (form) {
          case "inserts" -> List.of("--inserts", "--rows-per-insert=10");
          case "custom" -> List.of("-Fc");
          case "directory" -> List.of("-Fd", "-j", "2");
          default -> List.of();
        };
    List<String> command =
        Stream.concat(
                client("pg_dump", port, "-f", file.toString()).stream(),
                Stream.concat(options.stream(), Stream.of(ORIGINAL)))
            .toList();
    succeeds(command);
  }

  private static void restore(String form, int port, String database, Path file) throws Exception {
    if (form.equals("plain") || form.equals("inserts")) {
      succeeds(client("psql", port, "-Xq", "-v", "ON_ERROR_STOP=1", "-d", database), file);
    } else {
      String jobs = form.equals("directory") ? "2" : "1";
      Tools.Result result =
          Tools.run(
              "", client("pg_restore", port, "-j", jobs, "-e", "-d", database, file.toString()));
      assertEquals(0, result.exitCode(), result.err());
    }
  }

  /// Two sessions see one instant, though the table has more rows by then.
  @Test
  @Order(3)
  void aSnapshotIsSharedWhileItIsHeld() throws Exception {
    try (var first = java.sql.DriverManager.getConnection(lifeline.url(ORIGINAL));
        var second = java.sql.DriverManager.getConnection(lifeline.url(ORIGINAL));
        var one = first.createStatement();
        var two = second.createStatement()) {
      one.execute("BEGIN ISOLATION LEVEL REPEATABLE READ");
      String name = value(one, "SELECT pg_export_snapshot()");
      two.execute("INSERT INTO public.plain VALUES (3, 'later')");
      two.execute("BEGIN ISOLATION LEVEL REPEATABLE READ");
      two.execute("SET TRANSACTION SNAPSHOT '" + name + "'");
      assertEquals("2", value(two, "SELECT count(*) FROM public.plain"));
      two.execute("COMMIT");
      assertEquals("3", value(two, "SELECT count(*) FROM public.plain"));
      one.execute("COMMIT");
      two.execute("BEGIN ISOLATION LEVEL REPEATABLE READ");
      var refused =
          org.junit.jupiter.api.Assertions.assertThrows(
              java.sql.SQLException.class,
              () -> two.execute("SET TRANSACTION SNAPSHOT '" + name + "'"));
      assertEquals("22023", refused.getSQLState());
    }
  }

  private static String value(java.sql.Statement statement, String sql) throws Exception {
    try (var rows = statement.executeQuery(sql)) {
      rows.next();
      return rows.getString(1);
    }
  }
}
