package dev.lifeline.tcop;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.vertx.core.buffer.Buffer;
import java.util.List;
import org.junit.jupiter.api.Test;

class BackendCopyTest extends BackendConversation {
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
}
