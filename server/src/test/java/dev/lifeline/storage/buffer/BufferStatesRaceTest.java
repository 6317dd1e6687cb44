package dev.lifeline.storage.buffer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lifeline.storage.ipc.Race;
import org.junit.jupiter.api.Test;

/// Pins and content latches of one buffer, from several threads.
class BufferStatesRaceTest {
  private static final int BUF = 0;

  /// Gives the buffer to another block, where it can.
  private interface Evictor {
    boolean take(BufferStates states);
  }

  private static boolean atOnce(BufferStates states) {
    int state = states.get(BUF);
    return (state & BufferStates.PINS) == 0
        && (state & BufferStates.TAGGED) != 0
        && states.compareAndSet(BUF, state, 0);
  }

  /// The defect: between the look and the deed somebody may pin it.
  private static boolean inTwoSteps(BufferStates states) {
    if (states.pins(BUF) == 0) {
      Thread.onSpinWait();
      states.clearFlags(BUF, BufferStates.TAGGED);
      return true;
    }
    return false;
  }

  private static Race pinsAndEvictions(BufferStates states, Evictor evictor) {
    states.setFlags(BUF, BufferStates.TAGGED);
    int[] block = new int[1];
    Race race = new Race();
    for (int i = 0; i < 3; i++) {
      boolean used = i > 0;
      race.with(() -> {
        if (used ? states.tryPin(BUF) : states.tryPinUnused(BUF)) {
          int first = block[0];
          Thread.onSpinWait();
          boolean tagged = (states.get(BUF) & BufferStates.TAGGED) != 0;
          int second = block[0];
          states.unpin(BUF);
          Race.check(tagged && first == second, "a pinned buffer went to another block");
        }
      });
    }
    return race.with(() -> {
      if (evictor.take(states)) {
        block[0]++;
        states.setFlags(BUF, BufferStates.TAGGED);
      }
    });
  }

  @Test
  void aPinnedBufferKeepsItsBlock() throws Exception {
    BufferStates states = new BufferStates(1);
    pinsAndEvictions(states, BufferStatesRaceTest::atOnce).run();
    assertEquals(0, states.pins(BUF));
    assertTrue((states.get(BUF) & BufferStates.USAGE_MASK) <= 5 * BufferStates.USAGE);
  }

  @Test
  void anEvictionInTwoStepsIsFound() throws Exception {
    assertTrue(pinsAndEvictions(new BufferStates(1), BufferStatesRaceTest::inTwoSteps).isLost());
  }

  /// A page of two numbers that are the same whenever nobody changes it.
  private static Race readersAndWriters(BufferStates states, boolean skipsLatch) {
    long[] page = new long[2];
    Race race = new Race();
    for (int i = 0; i < 2; i++) {
      race.with(() -> {
        states.lockShared(BUF);
        boolean same = page[0] == page[1];
        states.unlock(BUF);
        Race.check(same, "a reader saw half a change");
      });
      race.with(() -> {
        if (!skipsLatch) {
          states.lockExclusive(BUF);
        }
        page[0]++;
        Thread.onSpinWait();
        page[1] = page[0];
        if (!skipsLatch) {
          states.unlock(BUF);
        }
      });
    }
    return race.with(() -> {
      if (states.tryLockExclusive(BUF)) {
        boolean same = page[0] == page[1] && states.isLockedExclusive(BUF);
        states.unlock(BUF);
        Race.check(same, "two hold it exclusively");
      }
    });
  }

  @Test
  void readersSeeWholeChanges() throws Exception {
    readersAndWriters(new BufferStates(1), false).run();
  }

  @Test
  void aChangeWithoutTheLatchIsFound() throws Exception {
    assertTrue(readersAndWriters(new BufferStates(1), true).isLost());
  }
}
