package dev.lifeline.tcop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.AfterEach;

/// A test in which a client talks to a backend; at its end nothing of the talk may be left open.
abstract class BackendConversation {
  final BackendHarness harness = new BackendHarness().connected();

  @AfterEach
  void everyExecutionWasClosed() {
    harness.backend().closed();
    assertTrue(harness.ended());
    assertEquals(0, harness.engine.openExecutions);
    assertTrue(harness.transactions.closed);
  }

  final List<String> query(String sql) {
    return harness.send(Wire.query(sql));
  }
}
