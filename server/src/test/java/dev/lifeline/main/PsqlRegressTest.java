package dev.lifeline.main;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/// Runs the files of `src/test/regress/psql/sql` by a real psql on a real server and compares what
/// it prints with what it has printed for a real PostgreSQL 15: for psql's own commands, and for
/// what only a whole session has (roles, deferred constraints, cursors, temporary tables).
/// `src/test/regress/regenerate` makes the expected output.
class PsqlRegressTest {
  private static final Path DIRECTORY = directory();

  @TempDir private static Path dir;
  private static LifelineProcess server;

  private static Path directory() {
    Path here = Path.of("src/test/regress/psql");
    return Files.isDirectory(here) ? here : Path.of("server/src/test/regress/psql");
  }

  @BeforeAll
  static void start() throws Exception {
    server = LifelineProcess.start(dir.resolve("data"));
  }

  @AfterAll
  static void stop() throws Exception {
    assertEquals(0, server.stop("INT"), server.log());
  }

  @TestFactory
  List<DynamicTest> files() throws IOException {
    try (Stream<Path> files = Files.list(DIRECTORY.resolve("sql"))) {
      return files
          .sorted()
          .map(file -> DynamicTest.dynamicTest(file.getFileName().toString(), () -> check(file)))
          .toList();
    }
  }

  private static void check(Path file) throws Exception {
    String name = file.getFileName().toString().replace(".sql", "");
    String database = "regress_" + name;
    Tools.Result created = Tools.psql(server, "postgres", "CREATE DATABASE " + database + ";");
    assertEquals(0, created.exitCode(), created.both());
    String expected = Files.readString(DIRECTORY.resolve("expected").resolve(name + ".out"));
    assertEquals(expected, transcript(database, file), name);
  }

  /// What psql prints, standard error in its place between the rest, as `regenerate` does.
  private static String transcript(String database, Path file) throws Exception {
    List<String> command =
        new ArrayList<>(
            List.of("sh", "-c", "exec \"$@\" 2>&1", "sh", Tools.find("psql").toString()));
    command.addAll(List.of("-XaA", "-h", "127.0.0.1", "-p", Integer.toString(server.port())));
    command.addAll(List.of("-U", "postgres", "-d", database, "-P", "null=(null)"));
    command.addAll(List.of("-v", "VERBOSITY=verbose", "-v", "SHOW_CONTEXT=never"));
    Tools.Result result = Tools.run(Files.readString(file), command);
    return result
        .out()
        .lines()
        .filter(line -> !line.startsWith("LOCATION: "))
        .map(line -> line + "\n")
        .collect(Collectors.joining());
  }
}
