package dev.lifeline.executor;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lifeline.sim.SqlCluster;
import dev.lifeline.sim.SqlSession;
import dev.lifeline.utils.Clock;
import dev.lifeline.utils.SystemClock;
import dev.lifeline.utils.Timers;
import io.vertx.core.Future;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
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
    return each(file -> check(file, new SqlCluster(1).open()));
  }

  /// A statement may be interrupted wherever it looks at the clock: nothing is lost or done twice.
  @TestFactory
  List<DynamicTest> inShortTurns() throws IOException {
    return each(file -> {
      SqlCluster cluster = new SqlCluster(1);
      SqlSession session = cluster.open();
      ShortTurns turns = new ShortTurns(cluster.timers(), new SystemClock());
      session.time(turns, turns);
      check(file, session);
    });
  }

  private interface Check {
    void run(Path file) throws IOException;
  }

  private static List<DynamicTest> each(Check check) throws IOException {
    try (Stream<Path> files = Files.list(DIRECTORY.resolve("sql"))) {
      return files
          .sorted()
          .map(
              file -> DynamicTest.dynamicTest(file.getFileName().toString(), () -> check.run(file)))
          .toList();
    }
  }

  /// Every fifth look at the clock, on average, finds the turn over.
  private static final class ShortTurns implements Clock, Timers {
    private final Timers timers;
    private final Clock calendar;
    private final Random random = new Random(5);
    private long nanos;

    ShortTurns(Timers timers, Clock calendar) {
      this.timers = timers;
      this.calendar = calendar;
    }

    @Override
    public long epochMicros() {
      return calendar.epochMicros();
    }

    @Override
    public long nanoTime() {
      nanos += random.nextInt(5) == 0 ? TURN_NANOS : 1;
      return nanos;
    }

    @Override
    public Timer schedule(long delayNanos, Runnable action) {
      return timers.schedule(delayNanos, action);
    }

    @Override
    public Future<Void> yieldTurn() {
      return timers.yieldTurn();
    }

    @Override
    public void execute(Runnable action) {
      timers.execute(action);
    }
  }

  private static void check(Path file, SqlSession session) throws IOException {
    String name = file.getFileName().toString().replace(".sql", "");
    String expected = Files.readString(DIRECTORY.resolve("expected").resolve(name + ".out"));
    String actual = new PsqlTranscript(session).run(Files.readAllLines(file));
    assertEquals(expected, actual, name);
  }
}
