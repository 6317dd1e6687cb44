package dev.lifeline.tcop;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.vertx.core.buffer.Buffer;
import java.util.List;
import org.junit.jupiter.api.Test;

class BackendExtendedQueryTest extends BackendConversation {
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
}
