package dev.lifeline.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lifeline.utils.guc.ServerConfig;
import io.vertx.core.Future;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Crashes the making of a cluster: what is left is either one that works, or has no `PG_VERSION`
/// that says so, which a start refuses by name (see `StartErrorsTest`).
class CrashInitdbTest {
  private static final long SEED = Long.getLong("lifeline.sim.seed", 20260105L);
  private static final int LAST_ONES = 12;
  private static final int STRIDES = 25;

  /// Makes a cluster, unless its life ends before.
  ///
  /// @return the operations that changed something
  private static long make(SimPlatter platter, Faults faults) {
    Random random = new Random(SEED);
    SimScheduler scheduler = new SimScheduler(random);
    FaultyDisk disk =
        new FaultyDisk(platter, scheduler, random, faults, new Trace(scheduler, null));
    try {
      scheduler.await(SimServer.maker(scheduler, random).initialize(disk::open, 4711));
    } catch (FaultyDisk.LifeEnds end) {
      if (end.powerLost()) {
        platter.losePower(random);
      }
    }
    return disk.changes();
  }

  private static boolean says15(SimPlatter platter) {
    SimPlatter.Inode file = platter.find("PG_VERSION");
    if (file == null) {
      return false;
    }
    MemorySegment text = Arena.ofAuto().allocate(3);
    int n = file.read(text, 0);
    byte[] bytes = text.asSlice(0, n).toArray(ValueLayout.JAVA_BYTE);
    return new String(bytes, StandardCharsets.US_ASCII).equals("15\n");
  }

  private static void works(SimPlatter platter) {
    Random random = new Random(SEED);
    SimScheduler scheduler = new SimScheduler(random);
    SimServer server =
        new SimServer(
            platter,
            random,
            scheduler,
            SimServer.engine(random, true, false),
            ServerConfig.load(List.of(), List.of()).config(),
            Sabotage.NONE,
            new Trace(scheduler, null));
    try {
      server.start(Faults.NONE);
      scheduler.await(server.postmaster().ready());
      SimClient client = server.client("first");
      scheduler.await(client.connect());
      Future<Answer> answer = client.query("create table t (a int); select count(*) from t");
      assertEquals("0", scheduler.await(answer).value());
      client.close();
      server.end(true, true);
      assertEquals(List.of(), scheduler.await(server.check()));
    } finally {
      server.delete();
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void isWholeOrNothing(boolean powerFails) {
    long changes = make(new SimPlatter(), Faults.NONE);
    assertTrue(changes > 200, "too few operations to prove anything: " + changes);
    long stride = Math.max(1, changes / STRIDES);
    int whole = 0;
    for (long at = 1; at <= changes; at += at < changes - LAST_ONES ? stride : 1) {
      SimPlatter platter = new SimPlatter();
      make(platter, Faults.deathAt(at, powerFails));
      if (says15(platter)) {
        whole++;
        works(platter);
      }
    }
    assertTrue(whole < LAST_ONES, whole + " of the crashes came too late to prove anything");
  }

  @Test
  void withoutACrashItIsWhole() {
    SimPlatter platter = new SimPlatter();
    assertFalse(says15(platter));
    make(platter, Faults.NONE);
    assertTrue(says15(platter));
    works(platter);
  }
}
