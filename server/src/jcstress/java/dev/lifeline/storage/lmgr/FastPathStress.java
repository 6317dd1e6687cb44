package dev.lifeline.storage.lmgr;

import dev.lifeline.events.Emitter;
import dev.lifeline.events.Subject;
import dev.lifeline.storage.ipc.Window;
import dev.lifeline.utils.Clock;
import dev.lifeline.utils.SystemClock;
import dev.lifeline.utils.Timers;
import io.vertx.core.Future;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/// A weak lock that is noted in its owner only, and a strong one in the table: they never have the
/// same relation at the same time.
public final class FastPathStress {
  private static final int DATABASE = 5;
  private static final int RELATION = 16_384;

  private FastPathStress() {}

  /// Nobody waits, so nothing is ever due.
  private static final class NoTimers implements Timers {
    @Override
    public Timer schedule(long delayNanos, Runnable action) {
      return () -> true;
    }

    @Override
    public Future<Void> yieldTurn() {
      return Future.succeededFuture();
    }

    @Override
    public void execute(Runnable action) {
      action.run();
    }
  }

  /// What an iteration works on: used again, because there are millions of them.
  private static final class Table {
    private static final Queue<Table> IDLE = new ConcurrentLinkedQueue<>();
    private static final Clock CLOCK = new SystemClock();

    final LockManager locks = new LockManager(CLOCK, Emitter.NONE);
    final LockOwner weak = owner(1);
    final LockOwner strong = owner(2);

    private LockOwner owner(int pid) {
      return locks.attach(pid, new Subject("client backend", pid), new NoTimers());
    }

    static Table idle() {
      Table idle = IDLE.poll();
      return idle == null ? new Table() : idle;
    }

    int take(LockOwner owner, int database, LockMode mode) {
      return locks.tryLockRelation(owner, database, RELATION, mode) ? 1 : 0;
    }

    void release() {
      locks.releaseAll(weak);
      locks.releaseAll(strong);
      IDLE.add(this);
    }
  }

  @JCStressTest
  @Outcome(
      id = {"1, 0", "0, 1"},
      expect = Expect.ACCEPTABLE,
      desc = "one has it")
  @Outcome(
      id = "0, 0",
      expect = Expect.ACCEPTABLE_INTERESTING,
      desc = "each was refused because of the other")
  @Outcome(expect = Expect.FORBIDDEN, desc = "both have it")
  @State
  public static class WeakAndStrong {
    private final Table table = Table.idle();

    @Actor
    public void weak(II_Result result) {
      result.r1 = table.take(table.weak, DATABASE, LockMode.ROW_EXCLUSIVE);
    }

    @Actor
    public void strong(II_Result result) {
      result.r2 = table.take(table.strong, DATABASE, LockMode.ACCESS_EXCLUSIVE);
    }

    @Arbiter
    public void end() {
      table.release();
    }
  }

  /// The defect: each looks whether the other is there before it says that it is.
  @JCStressTest
  @Outcome(
      id = {"1, 0", "0, 1"},
      expect = Expect.ACCEPTABLE,
      desc = "one has it")
  @Outcome(expect = Expect.FORBIDDEN, desc = "both have it")
  @State
  public static class MutantThatLooksFirst {
    private volatile boolean weak;
    private volatile boolean strong;

    @Actor
    public void weak(II_Result result) {
      if (!strong) {
        Window.open();
        weak = true;
        result.r1 = 1;
      }
    }

    @Actor
    public void strong(II_Result result) {
      if (!weak) {
        Window.open();
        strong = true;
        result.r2 = 1;
      }
    }
  }
}
