package dev.lifeline.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.lifeline.utils.guc.ServerConfig;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// SERIALIZABLE is refused by name, however it is asked for: nobody gets less than he asked for
/// without knowing.
class SerializableTest {
  private final Random random = new Random(20260110);
  private final SimScheduler scheduler = new SimScheduler(random);
  private final SimServer server =
      new SimServer(
          SimServer.initialize(),
          random,
          scheduler,
          SimServer.engine(random, true, false),
          ServerConfig.load(List.of(), List.of()).config(),
          Sabotage.NONE,
          new Trace(scheduler, null));
  private final SimClient client;

  SerializableTest() {
    server.start(Faults.NONE);
    scheduler.await(server.postmaster().ready());
    client = server.client("client");
    scheduler.await(client.connect());
  }

  @AfterEach
  void end() {
    server.end(true, false);
    server.delete();
  }

  private Answer answer(String sql) {
    return scheduler.await(client.query(sql));
  }

  @Test
  void itIsRefused() {
    String level = "isolation level serializable";
    assertEquals("0A000", answer("begin " + level).sqlState());
    answer("rollback");
    assertEquals("0A000", answer("start transaction " + level + ", read only").sqlState());
    answer("rollback");
    assertFalse(answer("begin").failed());
    assertEquals("0A000", answer("set transaction " + level).sqlState());
    assertFalse(answer("rollback").failed());
    assertFalse(answer("begin isolation level repeatable read").failed());
    assertFalse(answer("select 1").failed());
    assertFalse(answer("commit").failed());
  }

  /// A default that is set holds for the next transaction, which then does not begin.
  @Test
  void asADefaultItIsRefusedToo() {
    Answer set = answer("set default_transaction_isolation = serializable");
    Answer next = set.failed() ? set : answer("begin");
    assertEquals("0A000", next.sqlState());
  }
}
