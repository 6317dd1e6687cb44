package dev.lifeline.tcop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lifeline.events.Subject;
import dev.lifeline.libpq.AuthCatalog;
import dev.lifeline.utils.error.PgException;
import io.vertx.core.Future;
import java.util.List;
import org.junit.jupiter.api.Test;

class InternalSessionTest {
  private final BackendHarness harness = new BackendHarness();
  private final InternalSession session =
      new InternalSession(
          harness.environment(),
          new Subject("autovacuum worker", 9),
          0,
          new AuthCatalog.Role(10, "postgres", true, true, false, -1, null, null),
          new AuthCatalog.Database(5, "mydb", true, -1));

  @Test
  void statementsRunInTransactions() {
    assertTrue(session.run("WRITE; ROWS 100000").succeeded());
    assertTrue(session.run("WRITE").succeeded());
    assertEquals(List.of("begin", "commit", "begin", "commit"), harness.transactions.calls);
    assertTrue(session.close().succeeded());
    assertTrue(harness.transactions.closed);
    assertEquals(0, harness.engine.openExecutions);
  }

  @Test
  void anErrorIsTheCallersAndIsRolledBack() {
    Future<Void> failed = session.run("WRITE; FAIL");
    assertEquals("division by zero", ((PgException) failed.cause()).message());
    assertEquals(List.of("begin", "abort"), harness.transactions.calls);
    assertTrue(session.run("WRITE").succeeded());
  }

  @Test
  void itCanBeCancelled() {
    Future<Void> asleep = session.run("SLEEP");
    session.cancel();
    assertEquals(
        "canceling statement due to user request", ((PgException) asleep.cause()).message());
    assertEquals(0, harness.engine.openExecutions);
  }
}
