package dev.lifeline.tcop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.buffer.Buffer;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// Messages that are broken in every way that a seed finds, sent to live sessions. A session may
/// end by it, with PostgreSQL's errors, but it must not crash, must not keep what it was sent, and
/// must not harm the session beside it.
///
/// A failure tells its seed; [#run] with that seed repeats it exactly.
class ProtocolFuzzTest {
  private static final int MESSAGES = 100_000;
  private static final int MESSAGES_OF_A_SEED = 1000;

  /// A session that does nothing wrong, beside those that do.
  private final BackendHarness witness = new BackendHarness().connected();

  @Test
  void mutatedMessagesHarmNobody() {
    for (long seed = 1; seed <= MESSAGES / MESSAGES_OF_A_SEED; seed++) {
      try {
        run(seed);
      } catch (AssertionError | RuntimeException e) {
        throw new AssertionError("seed " + seed, e);
      }
      assertEquals(
          List.of("Columns n:23:0", "Row 1", "Complete SELECT 1", "Ready I"),
          witness.send(Wire.query("ROWS 1")));
    }
  }

  private static void run(long seed) {
    Random random = new Random(seed);
    BackendHarness harness = session(random);
    for (int i = 0; i < MESSAGES_OF_A_SEED; i++) {
      if (harness.ended()) {
        finish(harness);
        harness = session(random);
      }
      Buffer message = mutate(message(random), random);
      int cut = random.nextInt(4) == 0 ? random.nextInt(message.length() + 1) : message.length();
      harness.backend().handle(message.getBuffer(0, cut));
      if (cut < message.length() && !harness.ended()) {
        harness.backend().handle(message.getBuffer(cut, message.length()));
      }
      disturb(harness, random);
      harness.time.advanceMillis(random.nextInt(3));
      harness.channel.take();
    }
    finish(harness);
  }

  /// Some fuzzing before the startup packet, most of it on an authorized session.
  private static BackendHarness session(Random random) {
    BackendHarness harness = new BackendHarness();
    if (random.nextInt(4) == 0) {
      Buffer startup = Wire.startup("user", "postgres", "database", "mydb");
      harness.backend().handle(mutate(startup, random));
      return harness;
    }
    return harness.connected();
  }

  /// What else happens to sessions meanwhile.
  private static void disturb(BackendHarness harness, Random random) {
    switch (random.nextInt(20)) {
      case 0 -> harness.backend().cancel();
      case 1 -> harness.channel.full(true);
      case 2 -> harness.channel.full(false);
      default -> {}
    }
  }

  private static void finish(BackendHarness harness) {
    harness.channel.full(false);
    harness.backend().closed();
    // Whatever was sent before is still carried out, and some of it sleeps for ever.
    for (int i = 0; i < MESSAGES_OF_A_SEED && !harness.ended(); i++) {
      harness.backend().cancel();
      harness.time.advanceMillis(1);
    }
    harness.time.advanceMillis(61_000);
    assertTrue(harness.ended(), "the session has ended");
    assertTrue(harness.backend().ended().succeeded(), () -> "" + harness.backend().ended().cause());
    assertTrue(harness.channel.closed);
    assertEquals(0, harness.engine.openExecutions, "open executions");
    assertFalse(harness.transactions.open, "an open transaction");
  }

  private static Buffer message(Random random) {
    String name = random.nextBoolean() ? "" : "n" + random.nextInt(3);
    return switch (random.nextInt(16)) {
      case 0, 1 -> Wire.query(sql(random));
      case 2, 3 -> Wire.parse(name, sql(random), random.nextInt(3) == 0 ? 23 : 0);
      case 4, 5 -> Wire.bind(name, name, random.nextBoolean() ? "1" : null);
      case 6 -> Wire.bind(name, name);
      case 7 -> Wire.bindBinary(name, name);
      case 8, 9 -> Wire.execute(name, random.nextInt(3));
      case 10 -> Wire.describe(random.nextBoolean() ? 'S' : 'P', name);
      case 11 -> Wire.close(random.nextBoolean() ? 'S' : 'P', name);
      case 12 -> Wire.sync();
      case 13 -> Wire.copyData("some data\n");
      case 14 -> Wire.message("cfHX".charAt(random.nextInt(4)), Buffer.buffer("end\0"));
      default -> Wire.password("p");
    };
  }

  private static String sql(Random random) {
    List<String> words =
        List.of(
            "ROWS 3",
            "ROWS 500",
            "WRITE",
            "FAIL",
            "BEGIN",
            "COMMIT",
            "ROLLBACK",
            "SAVEPOINT a",
            "RELEASE a",
            "ROLLBACK TO a",
            "COPYIN",
            "COPYOUT",
            "PARAM $1",
            "SLEEP",
            "NOTICE",
            "BAD",
            "",
            "COMMIT CHAIN");
    StringBuilder sql = new StringBuilder(words.get(random.nextInt(words.size())));
    while (random.nextInt(3) == 0) {
      sql.append(';').append(words.get(random.nextInt(words.size())));
    }
    return sql.toString();
  }

  private static Buffer mutate(Buffer message, Random random) {
    Buffer mutated = message.copy();
    switch (random.nextInt(10)) {
      case 0 -> mutated.setByte(random.nextInt(mutated.length()), (byte) random.nextInt(256));
      case 1 -> mutated.setByte(0, (byte) random.nextInt(256));
      case 2 -> mutated.setInt(Math.min(1, mutated.length() - 4), random.nextInt());
      case 3 -> mutated.setInt(Math.min(1, mutated.length() - 4), random.nextInt(40));
      case 4 -> mutated = mutated.getBuffer(0, random.nextInt(mutated.length()));
      case 5 -> {
        byte[] junk = new byte[random.nextInt(64)];
        random.nextBytes(junk);
        mutated.appendBytes(junk);
      }
      default -> {}
    }
    return mutated;
  }
}
