package dev.lifeline.tcop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lifeline.executor.async.Notification;
import dev.lifeline.executor.async.Notified;
import io.vertx.core.buffer.Buffer;
import java.util.List;
import org.junit.jupiter.api.Test;

class BackendQueryTest extends BackendConversation {
  @Test
  void aSimpleQueryIsATransaction() {
    assertEquals(
        List.of("Columns n:23:0", "Row 1", "Row 2", "Complete SELECT 2", "Ready I"),
        query("ROWS 2"));
    assertEquals(List.of("begin", "commit"), harness.transactions.calls);
  }

  @Test
  void anEmptyQueryIsSaidToBeOne() {
    assertEquals(List.of("EmptyQuery", "Ready I"), query(" ; "));
    assertEquals(List.of(), harness.transactions.calls);
  }

  @Test
  void severalStatementsAreOneTransaction() {
    assertEquals(
        List.of("Complete INSERT 0 1", "Complete INSERT 0 1", "Ready I"), query("WRITE; WRITE;"));
    assertEquals(List.of("begin", "commit"), harness.transactions.calls);
  }

  @Test
  void anErrorUndoesThemAllAndSkipsTheRest() {
    assertEquals(
        List.of(
            "Complete INSERT 0 1",
            "Error ERROR 22012 division by zero | D:a detail | P:2",
            "Ready I"),
        query("WRITE; FAIL; WRITE"));
    assertEquals(List.of("begin", "abort"), harness.transactions.calls);
    assertEquals(
        "ERROR: division by zero | a detail | STATEMENT: WRITE; FAIL; WRITE",
        harness.log.getLast());
  }

  @Test
  void transactionStatementsDivideAString() {
    assertEquals(
        List.of(
            "Complete INSERT 0 1",
            "Complete BEGIN",
            "Complete INSERT 0 1",
            "Complete COMMIT",
            "Complete INSERT 0 1",
            "Ready I"),
        query("WRITE; BEGIN; WRITE; COMMIT; WRITE"));
    assertEquals(List.of("begin", "commit", "begin", "commit"), harness.transactions.calls);
  }

  @Test
  void positionsCountCharacters() {
    assertEquals(
        List.of("Error ERROR 42601 syntax error at or near \"BAD\" | P:8", "Ready I"),
        query("ROWS é;BAD"));
  }

  @Test
  void aFailedBlockTakesNothingButItsEnd() {
    assertEquals(List.of("Complete BEGIN", "Ready T"), query("BEGIN"));
    assertEquals("Ready E", query("FAIL").getLast());
    assertEquals(
        List.of(
            "Error ERROR 25P02 current transaction is aborted, commands ignored until end of"
                + " transaction block",
            "Ready E"),
        query("WRITE"));
    assertEquals(List.of("EmptyQuery", "Ready E"), query(""));
    assertEquals(List.of("Complete ROLLBACK", "Ready I"), query("COMMIT"));
    assertEquals(List.of("begin", "abort"), harness.transactions.calls);
  }

  @Test
  void warningsAboutBlocks() {
    assertEquals(
        List.of(
            "Notice WARNING 25P01 there is no transaction in progress",
            "Complete COMMIT",
            "Ready I"),
        query("COMMIT"));
    assertEquals(
        List.of(
            "Notice WARNING 25P01 there is no transaction in progress",
            "Complete ROLLBACK",
            "Ready I"),
        query("ROLLBACK"));
    query("BEGIN");
    assertEquals(
        List.of(
            "Notice WARNING 25001 there is already a transaction in progress",
            "Complete BEGIN",
            "Ready T"),
        query("BEGIN"));
    query("COMMIT");
    assertEquals(
        List.of(
            "Notice WARNING 25P01 SET TRANSACTION can only be used in transaction blocks",
            "Complete SET",
            "Ready I"),
        query("TRANSACTION"));
  }

  @Test
  void chainBeginsAgainWithTheSameModes() {
    query("BEGIN rr");
    assertEquals(List.of("Complete COMMIT", "Ready T"), query("COMMIT CHAIN"));
    assertEquals(List.of("Complete ROLLBACK", "Ready T"), query("ROLLBACK CHAIN"));
    query("FAIL");
    assertEquals(List.of("Complete ROLLBACK", "Ready T"), query("COMMIT CHAIN"));
    query("COMMIT");
    assertEquals(
        List.of(
            "begin",
            "modes REPEATABLE_READ ro",
            "commit",
            "begin rr ro",
            "abort",
            "begin rr ro",
            "abort",
            "begin rr ro",
            "commit"),
        harness.transactions.calls);
    assertEquals(
        List.of(
            "Error ERROR 25P01 COMMIT AND CHAIN can only be used in transaction blocks", "Ready I"),
        query("COMMIT CHAIN"));
  }

  @Test
  void savepoints() {
    assertEquals(
        "Error ERROR 25P01 SAVEPOINT can only be used in transaction blocks",
        query("SAVEPOINT a").getFirst());
    harness.transactions.calls.clear();
    query("BEGIN");
    query("SAVEPOINT a");
    query("SAVEPOINT b");
    assertEquals("Ready E", query("FAIL").getLast());
    assertEquals(
        "Error ERROR 3B001 savepoint \"c\" does not exist", query("ROLLBACK TO c").getFirst());
    assertEquals(List.of("Complete ROLLBACK", "Ready T"), query("ROLLBACK TO a"));
    assertEquals(List.of("Complete RELEASE", "Ready T"), query("RELEASE a"));
    assertEquals(List.of("Complete COMMIT", "Ready I"), query("COMMIT"));
    assertEquals(
        List.of("begin", "sub 1", "sub 2", "undo 2", "undo 1", "sub 1", "release 1", "commit"),
        harness.transactions.calls);
  }

  @Test
  void aSavepointsSettingsGoWithIt() {
    query("BEGIN");
    query("SET application_name one");
    query("SAVEPOINT a");
    assertEquals(
        List.of("Complete SET", "Parameter application_name=two", "Ready T"),
        query("SET application_name two"));
    assertEquals(
        List.of("Complete ROLLBACK", "Parameter application_name=one", "Ready T"),
        query("ROLLBACK TO a"));
    assertEquals(
        List.of("Complete ROLLBACK", "Parameter application_name=", "Ready I"), query("ROLLBACK"));
  }

  @Test
  void theIsolationLevelIsFixedByTheFirstQuery() {
    query("BEGIN");
    query("ROWS 1");
    assertEquals(
        List.of(
            "Error ERROR 25001 SET TRANSACTION ISOLATION LEVEL must be called before any query",
            "Ready E"),
        query("TRANSACTION"));
  }

  @Test
  void noticesReachTheClientAtItsLevel() {
    assertEquals(
        List.of("Notice NOTICE 00000 look", "Complete NOTICE", "Ready I"), query("NOTICE"));
    query("SET client_min_messages warning");
    assertEquals(List.of("Complete NOTICE", "Ready I"), query("NOTICE"));
  }

  @Test
  void statementsAreLoggedAsTheParametersSay() {
    query("SET log_statement all");
    query("ROWS 1");
    assertEquals("LOG: statement: ROWS 1", harness.log.getLast());
    harness.send(Wire.parse("s", "WRITE"), Wire.bind("p", "s"), Wire.execute("p", 0), Wire.sync());
    assertEquals("LOG: execute s/p: WRITE", harness.log.getLast());
    query("SET log_statement none");
    query("SET log_min_duration_statement 0");
    harness.send(Wire.parse("", "WRITE"), Wire.bind("", ""), Wire.execute("", 0), Wire.sync());
    assertEquals("LOG: duration: 0.000 ms  execute <unnamed>: WRITE", harness.log.getLast());
  }

  @Test
  void functionCallsAreRefusedByName() {
    assertEquals(
        List.of(
            "Error ERROR 0A000 the function call message is not supported by Lifeline", "Ready I"),
        harness.send(Wire.message('F')));
  }

  @Test
  void tooDeepAStatementIsAnErrorOfItsOwn() {
    List<String> answer = query("DEEP");
    assertTrue(answer.getFirst().startsWith("Error ERROR 54001 stack depth limit exceeded"));
    assertEquals("Ready I", answer.getLast());
  }

  @Test
  void aClientThatDoesNotReadIsToldLater() {
    query("LISTEN news");
    notifyOf("first");
    assertEquals(List.of("Notification news first"), harness.received());
    harness.channel.full(true);
    long sent = harness.channel.total();
    notifyOf("second");
    notifyOf("third");
    assertEquals(List.of(), harness.received());
    assertEquals(sent, harness.channel.total());
    assertTrue(harness.transactions.notifications.usage() > 0);
    harness.channel.full(false);
    assertEquals(
        List.of("Notification news second", "Notification news third"), harness.received());
    assertEquals(0, harness.transactions.notifications.usage());
  }

  private void notifyOf(String payload) {
    Notified.publish(harness.transactions.notifications, 5, new Notification(99, "news", payload));
  }

  @Test
  void aSlowClientSuspendsTheStatement() {
    harness.channel.full(true);
    List<String> first = query("ROWS 100000");
    long sent = harness.channel.total();
    assertTrue(sent < 64 << 10, sent + " bytes");
    assertFalse(first.contains("Ready I"));
    harness.send(Wire.query("ROWS 1"));
    assertEquals(sent, harness.channel.total());
    harness.channel.full(false);
    List<String> rest = harness.received();
    assertEquals(
        List.of(
            "Complete SELECT 100000",
            "Ready I",
            "Columns n:23:0",
            "Row 1",
            "Complete SELECT 1",
            "Ready I"),
        rest.subList(rest.size() - 6, rest.size()));
  }

  @Test
  void aBusySessionDoesNotReadWithoutBounds() {
    query("SLEEP");
    Buffer many = Buffer.buffer();
    while (many.length() < 70_000) {
      many.appendBuffer(Wire.query("ROWS 1"));
    }
    harness.send(many);
    assertTrue(harness.channel.paused);
    harness.backend().cancel();
    harness.received();
    harness.time.advanceMillis(100);
    assertFalse(harness.channel.paused);
  }

  @Test
  void statementsSentBeforeTheClientLeftAreCarriedOut() {
    harness.backend().handle(Wire.query("WRITE"));
    harness.backend().closed();
    assertEquals(List.of("begin", "commit"), harness.transactions.calls);
    assertTrue(harness.backend().ended().succeeded());
  }

  @Test
  void anOpenBlockOfAClientThatLeftIsRolledBack() {
    query("BEGIN");
    query("WRITE");
    harness.backend().closed();
    assertEquals(List.of("begin", "abort"), harness.transactions.calls);
    assertTrue(
        harness.log.contains("LOG: unexpected EOF on client connection with an open transaction"));
  }

  @Test
  void terminateEndsTheSession() {
    harness.send(Wire.message('X'));
    assertTrue(harness.ended());
    assertTrue(harness.channel.closed);
    assertEquals(0, harness.backend().exitCode());
  }
}
