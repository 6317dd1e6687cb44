package dev.lifeline.storage.buffer;

import dev.lifeline.storage.ipc.Window;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/// A pinned buffer keeps its block, and who pins it sees the block that it has.
public final class BufferPinStress {
  private static final int BUF = 0;

  private BufferPinStress() {}

  /// A buffer that has block 1 at first.
  private abstract static class Buffer {
    final BufferStates states = new BufferStates(1);
    int block = 1;

    Buffer() {
      states.setFlags(BUF, BufferStates.TAGGED);
    }

    /// What it has when it is pinned, and when it is let go; nothing where it is nobody's.
    final void use(II_Result result, boolean counted) {
      if (counted ? states.tryPin(BUF) : states.tryPinUnused(BUF)) {
        result.r1 = block;
        Window.open();
        result.r2 = block;
        states.unpin(BUF);
      }
    }

    final void evict() {
      int state = states.get(BUF);
      if ((state & BufferStates.PINS) == 0 && states.compareAndSet(BUF, state, 0)) {
        block = 2;
        states.setFlags(BUF, BufferStates.TAGGED);
      }
    }

    /// The defect: between the look and the deed somebody may pin it.
    final void evictInTwoSteps() {
      if (states.pins(BUF) == 0) {
        Window.open();
        states.clearFlags(BUF, BufferStates.TAGGED);
        block = 2;
        states.setFlags(BUF, BufferStates.TAGGED);
      }
    }
  }

  @JCStressTest
  @Outcome(
      id = {"1, 1", "2, 2", "0, 0"},
      expect = Expect.ACCEPTABLE,
      desc = "it is the same as long as it is pinned")
  @Outcome(expect = Expect.FORBIDDEN, desc = "a pinned buffer went to another block")
  @State
  public static class Pinned extends Buffer {
    @Actor
    public void user(II_Result result) {
      use(result, true);
    }

    @Actor
    public void evictor() {
      evict();
    }
  }

  @JCStressTest
  @Outcome(
      id = {"1, 1", "2, 2", "0, 0"},
      expect = Expect.ACCEPTABLE,
      desc = "it is the same as long as it is pinned")
  @Outcome(expect = Expect.FORBIDDEN, desc = "a pinned buffer went to another block")
  @State
  public static class PinnedUnused extends Buffer {
    @Actor
    public void user(II_Result result) {
      use(result, false);
    }

    @Actor
    public void evictor() {
      evict();
    }
  }

  @JCStressTest
  @Outcome(
      id = {"1, 1", "2, 2", "0, 0"},
      expect = Expect.ACCEPTABLE,
      desc = "it is the same as long as it is pinned")
  @Outcome(expect = Expect.FORBIDDEN, desc = "a pinned buffer went to another block")
  @State
  public static class MutantInTwoSteps extends Buffer {
    @Actor
    public void user(II_Result result) {
      use(result, true);
    }

    @Actor
    public void evictor() {
      evictInTwoSteps();
    }
  }

  /// Two numbers that are the same whenever nobody has the page exclusively.
  private abstract static class Page {
    final BufferStates states = new BufferStates(1);
    private int first;
    private int second;

    final void change() {
      first = 1;
      Window.open();
      second = 1;
    }

    final void read(II_Result result) {
      states.lockShared(BUF);
      result.r1 = first;
      result.r2 = second;
      states.unlock(BUF);
    }
  }

  @JCStressTest
  @Outcome(
      id = {"0, 0", "1, 1"},
      expect = Expect.ACCEPTABLE,
      desc = "before the change, or after it")
  @Outcome(expect = Expect.FORBIDDEN, desc = "half a change was seen")
  @State
  public static class Latched extends Page {
    @Actor
    public void reader(II_Result result) {
      read(result);
    }

    @Actor
    public void writer() {
      states.lockExclusive(BUF);
      change();
      states.unlock(BUF);
    }
  }

  @JCStressTest
  @Outcome(
      id = {"0, 0", "1, 1"},
      expect = Expect.ACCEPTABLE,
      desc = "before the change, or after it")
  @Outcome(expect = Expect.FORBIDDEN, desc = "half a change was seen")
  @State
  public static class MutantWithoutTheLatch extends Page {
    @Actor
    public void reader(II_Result result) {
      read(result);
    }

    @Actor
    public void writer() {
      change();
    }
  }
}
