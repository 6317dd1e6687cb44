package dev.lifeline.tcop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lifeline.events.ConnectionEvent;
import dev.lifeline.events.StatementEvent;
import io.vertx.core.Promise;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BackendInterruptsTest {
  private static final String CRASH_NOTICE =
      "Notice WARNING 57P02 terminating connection because of crash of another server process |"
          + " D:The postmaster has commanded this server process to roll back the current"
          + " transaction and exit, because another server process exited abnormally and possibly"
          + " corrupted shared memory. | H:In a moment you should be able to reconnect to the"
          + " database and repeat your command.";

  private final BackendHarness harness = new BackendHarness().connected();

  private List<String> query(String sql) {
    return harness.send(Wire.query(sql));
  }

  private void startSpinning() {
    harness.backend().handle(Wire.query("SPIN"));
  }

  @Test
  void aWaitingStatementIsCancelled() {
    assertEquals(List.of(), query("SLEEP"));
    harness.backend().cancel();
    assertEquals(
        List.of("Error ERROR 57014 canceling statement due to user request", "Ready I"),
        harness.received());
    assertEquals(List.of("begin", "abort"), harness.transactions.calls);
    StatementEvent.Failed failed = (StatementEvent.Failed) harness.events.getLast();
    assertEquals("57014", failed.sqlstate());
    assertEquals("SLEEP", failed.querySummary());
  }

  @Test
  void aComputingStatementIsCancelled() {
    startSpinning();
    harness.backend().cancel();
    assertEquals(
        List.of("Error ERROR 57014 canceling statement due to user request", "Ready I"),
        harness.received());
  }

  @Test
  void anIdleSessionIgnoresACancel() {
    harness.backend().cancel();
    assertEquals(
        List.of("Complete WRITE".replace("WRITE", "INSERT 0 1"), "Ready I"), query("WRITE"));
  }

  @Test
  void statementTimeout() {
    query("SET statement_timeout 100ms");
    assertEquals(List.of(), query("SLEEP"));
    harness.time.advanceMillis(99);
    assertEquals(List.of(), harness.received());
    harness.time.advanceMillis(2);
    assertEquals(
        List.of("Error ERROR 57014 canceling statement due to statement timeout", "Ready I"),
        harness.received());
    assertEquals("Ready I", query("WRITE").getLast());
    harness.time.advanceMillis(500);
    assertEquals(List.of(), harness.received());
  }

  @Test
  void idleTimeouts() {
    query("SET idle_session_timeout 100ms");
    query("SET idle_in_transaction_session_timeout 50ms");
    harness.time.advanceMillis(90);
    query("BEGIN");
    harness.time.advanceMillis(40);
    query("WRITE");
    harness.time.advanceMillis(51);
    assertEquals(
        List.of("Error FATAL 25P03 terminating connection due to idle-in-transaction timeout"),
        harness.received());
    assertTrue(harness.ended());
    assertEquals("abort", harness.transactions.calls.getLast());
    BackendHarness other = new BackendHarness().connected();
    other.send(Wire.query("SET idle_session_timeout 100ms"));
    other.time.advanceMillis(101);
    assertEquals(
        List.of("Error FATAL 57P05 terminating connection due to idle-session timeout"),
        other.received());
    ConnectionEvent.Closed closed = (ConnectionEvent.Closed) other.events.getLast();
    assertEquals("57P05", closed.sqlstate());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "BEGIN", "SLEEP", "SPIN", "COPYIN"})
  void anAdministratorEndsTheSessionWhateverItDoes(String doing) {
    if (doing.equals("SPIN")) {
      startSpinning();
    } else if (!doing.isEmpty()) {
      query(doing);
    }
    harness.backend().terminate(TerminationReason.ADMINISTRATOR_COMMAND);
    assertEquals(
        List.of("Error FATAL 57P01 terminating connection due to administrator command"),
        harness.received());
    assertTrue(harness.backend().ended().succeeded());
    assertTrue(harness.channel.closed);
    assertEquals(1, harness.backend().exitCode());
    assertTrue(harness.transactions.closed);
    assertEquals(0, harness.engine.openExecutions);
  }

  @Test
  void aClientThatDoesNotReadIsNotWaitedFor() {
    harness.channel.full(true);
    harness.backend().handle(Wire.query("ROWS 1000000"));
    harness.received();
    harness.backend().terminate(TerminationReason.ADMINISTRATOR_COMMAND);
    assertTrue(harness.ended());
    BackendHarness idle = new BackendHarness().connected();
    idle.channel.full(true);
    idle.backend().handle(Wire.query("ROWS 1"));
    idle.backend().handle(Wire.query("ROWS 1"));
    idle.backend().terminate(TerminationReason.ADMINISTRATOR_COMMAND);
    assertTrue(idle.ended());
  }

  @Test
  void aCommitIsNotInterrupted() {
    Promise<Void> flush = Promise.promise();
    harness.transactions.commit = flush;
    assertEquals(List.of(), query("WRITE"));
    harness.backend().cancel();
    harness.backend().terminate(TerminationReason.ADMINISTRATOR_COMMAND);
    assertEquals(List.of(), harness.received());
    flush.complete();
    assertEquals(
        List.of(
            "Complete INSERT 0 1",
            "Ready I",
            "Error FATAL 57P01 terminating connection due to administrator command"),
        harness.received());
    assertEquals(List.of("begin", "commit"), harness.transactions.calls);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "BEGIN", "SLEEP", "SPIN"})
  void aCrashElsewhereEndsTheSessionAtOnce(String doing) {
    if (doing.equals("SPIN")) {
      startSpinning();
    } else if (!doing.isEmpty()) {
      query(doing);
    }
    int calls = harness.transactions.calls.size();
    harness.backend().terminate(TerminationReason.CRASH_OF_ANOTHER_PROCESS);
    assertEquals(List.of(CRASH_NOTICE), harness.received());
    assertTrue(harness.backend().ended().succeeded());
    assertTrue(harness.channel.closed);
    assertEquals(calls, harness.transactions.calls.size(), "nothing is touched any more");
  }

  @Test
  void anUnexpectedExceptionIsACrash() {
    assertEquals(List.of(), query("CRASH"));
    assertTrue(harness.backend().ended().failed());
    assertEquals("boom", harness.backend().ended().cause().getMessage());
    assertTrue(harness.channel.closed);
    assertEquals(List.of("begin"), harness.transactions.calls);
    harness.send(Wire.query("WRITE"));
    harness.backend().terminate(TerminationReason.ADMINISTRATOR_COMMAND);
    harness.backend().closed();
    assertEquals(List.of("begin"), harness.transactions.calls);
  }

  @Test
  void aDrillIsACrash() {
    query("BEGIN");
    harness.backend().crash();
    assertTrue(harness.backend().ended().failed());
    assertEquals(List.of(), harness.received());
  }

  @Test
  void brokenFramingEndsTheSessionWithAWordToTheLogOnly() {
    assertEquals(List.of(), harness.send(Wire.message('Q').setInt(1, 2)));
    assertTrue(harness.ended());
    assertTrue(harness.log.contains("LOG: invalid message length"));
    BackendHarness other = new BackendHarness().connected();
    assertEquals(
        List.of("Error FATAL 08P01 invalid frontend message type 122"),
        other.send(Wire.message('z')));
    assertTrue(other.ended());
  }

  @Test
  void aClientThatIsGoneStopsItsRows() {
    harness.channel.full(true);
    harness.backend().handle(Wire.query("ROWS 1000000"));
    harness.backend().closed();
    harness.channel.full(false);
    harness.time.run();
    assertTrue(harness.ended());
    assertTrue(harness.log.stream().anyMatch(l -> l.contains("connection to client lost")));
    assertFalse(harness.transactions.open);
  }
}
