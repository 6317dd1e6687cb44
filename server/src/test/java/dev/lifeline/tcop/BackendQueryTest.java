package dev.lifeline.tcop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.buffer.Buffer;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class BackendQueryTest {
  private final BackendHarness harness = new BackendHarness().connected();

  @AfterEach
  void everyExecutionWasClosed() {
    harness.backend().closed();
    assertTrue(harness.ended());
    assertEquals(0, harness.engine.openExecutions);
    assertTrue(harness.transactions.closed);
  }

  private List<String> query(String sql) {
    return harness.send(Wire.query(sql));
  }

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
  void theExtendedProtocol() {
    assertEquals(
        List.of(
            "ParseComplete",
            "Parameters 1",
            "Columns n:23:0",
            "BindComplete",
            "Columns n:23:0",
            "Row 42",
            "Complete SELECT 1",
            "CloseComplete",
            "Ready I"),
        harness.send(
            Wire.parse("s", "PARAM $1", 23),
            Wire.describe('S', "s"),
            Wire.bind("p", "s", "42"),
            Wire.describe('P', "p"),
            Wire.execute("p", 0),
            Wire.close('P', "p"),
            Wire.sync()));
    assertEquals(List.of("begin", "commit"), harness.transactions.calls);
  }

  @Test
  void binaryResults() {
    Buffer answer = Buffer.buffer();
    harness
        .backend()
        .handle(
            Wire.all(
                Wire.parse("", "ROWS 1"),
                Wire.bindBinary("", ""),
                Wire.describe('P', ""),
                Wire.execute("", 0),
                Wire.sync()));
    answer.appendBuffer(harness.channel.take());
    List<String> messages = Wire.read(answer);
    assertEquals("Columns n:23:1", messages.get(2));
    assertEquals("Row \0\0\0\1", messages.get(3));
  }

  @Test
  void rowLimitsSuspendThePortal() {
    assertEquals(
        List.of(
            "ParseComplete",
            "BindComplete",
            "Row 1",
            "Row 2",
            "Suspended",
            "Row 3",
            "Complete SELECT 1",
            "Complete SELECT 0",
            "Ready I"),
        harness.send(
            Wire.parse("", "ROWS 3"),
            Wire.bind("", ""),
            Wire.execute("", 2),
            Wire.execute("", 2),
            Wire.execute("", 2),
            Wire.sync()));
  }

  @Test
  void afterAnErrorEverythingIsSkippedUpToSync() {
    assertEquals(
        List.of(
            "ParseComplete",
            "BindComplete",
            "Error ERROR 22012 division by zero | D:a detail | P:2",
            "Ready I"),
        harness.send(
            Wire.parse("", "FAIL"),
            Wire.bind("", ""),
            Wire.execute("", 0),
            Wire.parse("", "ROWS 1"),
            Wire.bind("", ""),
            Wire.execute("", 0),
            Wire.sync()));
    assertEquals(
        List.of("Columns n:23:0", "Row 1", "Complete SELECT 1", "Ready I"), query("ROWS 1"));
  }

  @Test
  void aPipelineIsOneTransactionForEachSync() {
    harness.send(
        Wire.parse("", "WRITE"),
        Wire.bind("", ""),
        Wire.execute("", 0),
        Wire.bind("", ""),
        Wire.execute("", 0),
        Wire.sync(),
        Wire.bind("", ""),
        Wire.execute("", 0),
        Wire.sync());
    assertEquals(List.of("begin", "commit", "begin", "commit"), harness.transactions.calls);
  }

  @Test
  void nothingIsSentBeforeFlushOrSync() {
    assertEquals(List.of(), harness.send(Wire.parse("", "ROWS 1")));
    assertEquals(List.of("ParseComplete"), harness.send(Wire.message('H')));
    harness.send(Wire.sync());
  }

  @Test
  void mistakesInTheExtendedProtocol() {
    assertEquals(
        List.of("Error ERROR 26000 prepared statement \"x\" does not exist"),
        mistake(Wire.bind("", "x")));
    assertEquals(
        List.of("Error ERROR 26000 unnamed prepared statement does not exist"),
        mistake(Wire.bind("", "")));
    assertEquals(
        List.of("Error ERROR 34000 portal \"x\" does not exist"), mistake(Wire.execute("x", 0)));
    assertEquals(
        List.of("Error ERROR 42601 cannot insert multiple commands into a prepared statement"),
        mistake(Wire.parse("", "WRITE; WRITE")));
    assertEquals(
        List.of("ParseComplete", "Error ERROR 42P05 prepared statement \"s\" already exists"),
        mistake(Wire.all(Wire.parse("s", "WRITE"), Wire.parse("s", "WRITE"))));
    assertEquals(
        List.of(
            "Error ERROR 08P01 bind message supplies 1 parameters, but prepared statement \"s\""
                + " requires 0"),
        mistake(Wire.bind("", "s", "1")));
    assertEquals(
        List.of("Error ERROR 08P01 invalid DESCRIBE message subtype 88"),
        mistake(Wire.describe('X', "")));
    assertEquals(
        List.of("BindComplete", "Error ERROR 42P03 cursor \"p\" already exists"),
        mistake(Wire.all(Wire.bind("p", "s"), Wire.bind("p", "s"))));
    assertEquals(List.of("CloseComplete"), mistake(Wire.close('S', "never was")));
  }

  private List<String> mistake(Buffer messages) {
    List<String> answer = harness.send(messages, Wire.sync());
    assertEquals("Ready I", answer.getLast());
    return answer.subList(0, answer.size() - 1);
  }

  @Test
  void aBlockOverTheExtendedProtocol() {
    harness.send(
        Wire.parse("b", "BEGIN"), Wire.parse("c", "COMMIT"), Wire.parse("w", "WRITE"), Wire.sync());
    harness.transactions.calls.clear();
    assertEquals(
        List.of(
            "BindComplete",
            "NoData",
            "Complete BEGIN",
            "BindComplete",
            "Complete INSERT 0 1",
            "Ready T"),
        harness.send(
            Wire.bind("", "b"),
            Wire.describe('P', ""),
            Wire.execute("", 0),
            Wire.bind("", "w"),
            Wire.execute("", 0),
            Wire.sync()));
    assertEquals(
        List.of("BindComplete", "Complete COMMIT", "Ready I"),
        harness.send(Wire.bind("", "c"), Wire.execute("", 0), Wire.sync()));
    assertEquals(List.of("begin", "commit"), harness.transactions.calls);
  }

  @Test
  void preparedStatementsOfSqlAndOfTheProtocolAreTheSame() {
    assertEquals(List.of("Complete PREPARE", "Ready I"), query("PREPARE q ROWS 2"));
    assertEquals(
        List.of("Columns n:23:0", "Row 1", "Row 2", "Complete SELECT 2", "Ready I"),
        query("EXECUTE q"));
    assertEquals(
        List.of("BindComplete", "Row 1", "Suspended", "Ready I"),
        harness.send(Wire.bind("", "q"), Wire.execute("", 1), Wire.sync()));
    assertEquals(
        "Error ERROR 42P05 prepared statement \"q\" already exists",
        query("PREPARE q ROWS 2").getFirst());
    assertEquals(List.of("Complete DEALLOCATE", "Ready I"), query("DEALLOCATE q"));
    assertEquals(
        "Error ERROR 26000 prepared statement \"q\" does not exist", query("EXECUTE q").getFirst());
    assertEquals(
        "Error ERROR 26000 prepared statement \"q\" does not exist",
        query("DEALLOCATE q").getFirst());
    assertEquals(List.of("Complete DEALLOCATE ALL", "Ready I"), query("DEALLOCATE ALL"));
  }

  @Test
  void cursorsRunForward() {
    assertEquals(
        "Error ERROR 25P01 DECLARE CURSOR can only be used in transaction blocks",
        query("DECLARE c ROWS 9").getFirst());
    query("BEGIN");
    assertEquals(List.of("Complete DECLARE CURSOR", "Ready T"), query("DECLARE c ROWS 9"));
    assertEquals(
        List.of("Columns n:23:0", "Row 1", "Row 2", "Complete FETCH 2", "Ready T"),
        query("FETCH FORWARD 2 c"));
    assertEquals(List.of("Complete MOVE 3", "Ready T"), query("MOVE FORWARD 3 c"));
    assertEquals(
        List.of("Columns n:23:0", "Row 7", "Complete FETCH 1", "Ready T"),
        query("FETCH RELATIVE 2 c"));
    assertEquals(
        List.of("Columns n:23:0", "Row 9", "Complete FETCH 1", "Ready T"),
        query("FETCH ABSOLUTE 9 c"));
    assertEquals(
        List.of("Columns n:23:0", "Complete FETCH 0", "Ready T"), query("FETCH FORWARD 5 c"));
    assertEquals(List.of("Complete CLOSE CURSOR", "Ready T"), query("CLOSE c"));
    assertEquals(
        "Error ERROR 34000 cursor \"c\" does not exist", query("FETCH FORWARD 1 c").getFirst());
  }

  @Test
  void aCursorDiesWithItsTransactionOrSavepoint() {
    query("BEGIN");
    query("DECLARE outer ROWS 9");
    query("SAVEPOINT a");
    query("DECLARE inner ROWS 9");
    query("ROLLBACK TO a");
    assertEquals("Row 1", query("FETCH FORWARD 1 outer").get(1));
    assertEquals(
        "Error ERROR 34000 cursor \"inner\" does not exist",
        query("FETCH FORWARD 1 inner").getFirst());
    query("ROLLBACK");
    query("BEGIN");
    assertEquals(
        "Error ERROR 34000 cursor \"outer\" does not exist",
        query("FETCH FORWARD 1 outer").getFirst());
  }

  @Test
  void aCursorDoesNotRunBackward() {
    query("BEGIN");
    query("DECLARE c ROWS 9");
    assertEquals(
        List.of(
            "Error ERROR 55000 cursor can only scan forward | H:Declare it with SCROLL option to"
                + " enable backward scan.",
            "Ready E"),
        query("MOVE BACKWARD 1 c"));
  }

  @Test
  void copyFromTheClient() {
    assertEquals(List.of("CopyIn"), query("COPYIN"));
    assertEquals(List.of(), harness.send(Wire.copyData("a\n")));
    assertEquals(
        List.of("Complete COPY 2", "Ready I"),
        harness.send(Wire.copyData("b\n"), Wire.message('H'), Wire.message('c')));
    assertEquals("a\nb\n", harness.engine.copied.toString());
  }

  @Test
  void copyThatTheClientGivesUp() {
    query("COPYIN");
    assertEquals(
        List.of("Error ERROR 57014 COPY from stdin failed: enough", "Ready I"),
        harness.send(Wire.message('f', Buffer.buffer("enough\0"))));
  }

  @Test
  void copyThatFailsForgetsWhatIsStillSent() {
    query("COPYIN");
    assertEquals(
        List.of(
            "Error ERROR 22P04 bad data",
            "Ready I",
            "Columns n:23:0",
            "Row 1",
            "Complete SELECT 1",
            "Ready I"),
        harness.send(
            Wire.copyData("bad"), Wire.copyData("more"), Wire.message('c'), Wire.query("ROWS 1")));
  }

  @Test
  void copyOverTheExtendedProtocol() {
    assertEquals(
        List.of("ParseComplete", "BindComplete", "CopyIn"),
        harness.send(
            Wire.parse("", "COPYIN"), Wire.bind("", ""), Wire.execute("", 0), Wire.sync()));
    assertEquals(
        List.of("Complete COPY 1", "Ready I"),
        harness.send(Wire.copyData("x\n"), Wire.message('c'), Wire.sync()));
  }

  @Test
  void somethingElseInsteadOfCopyData() {
    query("COPYIN");
    assertEquals(
        List.of(
            "Error ERROR 08P01 unexpected message type 0x51 during COPY from stdin",
            "Error FATAL 08P01 terminating connection because protocol synchronization was lost"),
        harness.send(Wire.query("ROWS 1")));
  }

  @Test
  void copyToTheClient() {
    assertEquals(
        List.of("CopyOut", "Data one", "Data two", "CopyDone", "Complete COPYOUT", "Ready I"),
        query("COPYOUT"));
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
