package dev.lifeline.executor;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lifeline.sim.SqlCluster;
import dev.lifeline.sim.SqlSession;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/// Runs the files of `src/test/regress/sql` and compares what a client would see with what a real
/// PostgreSQL 15 has answered: rows, command tags, and errors with SQLSTATE, message, place, detail
/// and hint. `src/test/regress/regenerate` makes the expected output.
class RegressTest {
  private static final Path DIRECTORY = directory();

  private static Path directory() {
    Path here = Path.of("src/test/regress");
    return Files.isDirectory(here) ? here : Path.of("server/src/test/regress");
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

  private static void check(Path file) throws IOException {
    String name = file.getFileName().toString().replace(".sql", "");
    String expected = Files.readString(DIRECTORY.resolve("expected").resolve(name + ".out"));
    SqlSession session = new SqlCluster(1).open();
    String actual = new PsqlTranscript(session).run(Files.readAllLines(file));
    assertEquals(expected, actual, name);
  }
}
