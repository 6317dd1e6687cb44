package dev.lifeline.main;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lifeline.isolation.Specs;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/// The session permutations of `src/test/isolation`: each session of Lifeline sees what it would
/// see on a real PostgreSQL 15, waits where it would wait, and goes on when it would go on.
class IsolationTest {
  @TempDir private static Path dir;
  private static LifelineProcess server;

  @BeforeAll
  static void start() throws Exception {
    // When one commit wakes several, PostgreSQL's own order comes from who is scheduled first; on
    // one
    // loop it is the order in which they began to wait. Many loops are LockTableStressTest's
    // matter.
    server =
        LifelineProcess.start(
            dir.resolve("data"), "-c", "autovacuum=off", "-c", "lifeline.event_loops=1");
  }

  @AfterAll
  static void stop() throws Exception {
    assertEquals(0, server.stop("INT"), server.log());
  }

  @TestFactory
  List<DynamicTest> specs() throws IOException {
    List<DynamicTest> tests = new ArrayList<>();
    for (String name : Specs.names()) {
      tests.add(
          DynamicTest.dynamicTest(
              name,
              () ->
                  assertEquals(
                      Specs.expected(name), Specs.run(name, "127.0.0.1", server.port()), name)));
    }
    return tests;
  }

  @Test
  void thereAreAtLeastSixty() throws IOException {
    int permutations = 0;
    for (String name : Specs.names()) {
      permutations += Specs.permutations(name);
    }
    assertTrue(permutations >= 60, permutations + " permutations");
  }
}
