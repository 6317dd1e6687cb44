package dev.lifeline.storage.ipc;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;

/// One at a time holds a latch, and sees what the one before has done.
public final class LatchStress {
  private LatchStress() {}

  /// Two that wait for it: each counts, and no count is lost.
  @JCStressTest
  @Outcome(
      id = {"1, 2, 2", "2, 1, 2"},
      expect = Expect.ACCEPTABLE,
      desc = "one after the other")
  @Outcome(expect = Expect.FORBIDDEN, desc = "both were inside")
  @State
  public static class Locked {
    private final Latch latch = new Latch();
    private int count;

    @Actor
    public void first(III_Result result) {
      latch.lock();
      result.r1 = ++count;
      latch.unlock();
    }

    @Actor
    public void second(III_Result result) {
      latch.lock();
      result.r2 = ++count;
      latch.unlock();
    }

    @Arbiter
    public void end(III_Result result) {
      result.r3 = count;
    }
  }

  /// One that waits for it, one that takes it if it is free.
  @JCStressTest
  @Outcome(
      id = {"1, 2, 2", "2, 1, 2", "1, 0, 1"},
      expect = Expect.ACCEPTABLE,
      desc = "one after the other, or one goes away")
  @Outcome(expect = Expect.FORBIDDEN, desc = "both were inside")
  @State
  public static class Tried {
    private final Latch latch = new Latch();
    private int count;

    @Actor
    public void first(III_Result result) {
      latch.lock();
      result.r1 = ++count;
      latch.unlock();
    }

    @Actor
    public void second(III_Result result) {
      if (latch.tryLock()) {
        result.r2 = ++count;
        latch.unlock();
      }
    }

    @Arbiter
    public void end(III_Result result) {
      result.r3 = count;
    }
  }

  /// The defect: a latch that looks, and then takes.
  @JCStressTest
  @Outcome(
      id = {"1, 2, 2", "2, 1, 2"},
      expect = Expect.ACCEPTABLE,
      desc = "one after the other")
  @Outcome(expect = Expect.FORBIDDEN, desc = "both were inside")
  @State
  public static class MutantThatLooksFirst {
    private volatile boolean held;
    private int count;

    private int inside() {
      while (held) {
        Thread.onSpinWait();
      }
      Window.open();
      held = true;
      int mine = ++count;
      held = false;
      return mine;
    }

    @Actor
    public void first(III_Result result) {
      result.r1 = inside();
    }

    @Actor
    public void second(III_Result result) {
      result.r2 = inside();
    }

    @Arbiter
    public void end(III_Result result) {
      result.r3 = count;
    }
  }
}
