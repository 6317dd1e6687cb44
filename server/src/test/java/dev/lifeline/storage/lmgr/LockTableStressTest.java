package dev.lifeline.storage.lmgr;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lifeline.events.Subject;
import dev.lifeline.events.testing.RecordingEmitter;
import dev.lifeline.utils.NotYet;
import dev.lifeline.utils.SystemClock;
import dev.lifeline.utils.Timers;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/// Several event loops on one lock table: each loop has sessions that lock a few relations and
/// advisory keys in any mode and order, weak ones over the fast path.
///
/// Who has been given a lock counts himself in, and looks whether somebody counts who must not: a
/// lost or double grant shows in that instant. Each wait ends: granted, by the deadlock detector,
/// or by `lock_timeout`. In the end the table is empty.
class LockTableStressTest {
  private static final int LOOPS = 4;
  private static final int SESSIONS = 24;
  private static final int TARGETS = 5;
  private static final int DATABASE = 5;
  private static final long MILLIS = Long.getLong("lifeline.lockStressMillis", 2_000);

  private final LockManager locks = new LockManager(new SystemClock(), new RecordingEmitter());

  /// How many sessions hold each target in each mode.
  private final List<AtomicIntegerArray> held = new ArrayList<>();

  private final Map<Integer, Boolean> ended = new ConcurrentHashMap<>();
  private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
  private final AtomicLong grants = new AtomicLong();
  private final AtomicLong waits = new AtomicLong();
  private final AtomicLong deadlocks = new AtomicLong();
  private volatile boolean stopping;

  @Test
  void noTwoHoldWhatExcludesEachOther() throws Exception {
    for (int i = 0; i < TARGETS; i++) {
      held.add(new AtomicIntegerArray(8));
    }
    List<ScheduledExecutorService> loops = new ArrayList<>();
    for (int i = 0; i < LOOPS; i++) {
      loops.add(Executors.newSingleThreadScheduledExecutor());
    }
    try {
      for (int pid = 1; pid <= SESSIONS; pid++) {
        ScheduledExecutorService loop = loops.get(pid % LOOPS);
        Session session = new Session(pid, loop);
        loop.execute(session::transaction);
      }
      Thread.sleep(MILLIS);
      stopping = true;
      long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
      while (ended.size() < SESSIONS && failures.isEmpty() && System.nanoTime() < until) {
        Thread.sleep(5);
      }
    } finally {
      loops.forEach(ScheduledExecutorService::shutdownNow);
    }
    assertEquals(List.of(), List.copyOf(failures));
    assertEquals(SESSIONS, ended.size(), "a session waits for ever: " + locks.list());
    assertEquals(List.of(), locks.list());
    assertTrue(grants.get() > 1000 && waits.get() > 20, grants + " grants, " + waits + " waits");
    assertTrue(deadlocks.get() > 0, "no deadlock has been tried");
  }

  /// A session on its loop; what it does is a chain of turns.
  private final class Session {
    private final LockOwner owner;
    private final ScheduledExecutorService loop;
    private final Random random;
    private final int pid;
    private final List<int[]> mine = new ArrayList<>();
    private int left;
    private int target;
    private LockMode mode = LockMode.ACCESS_SHARE;

    Session(int pid, ScheduledExecutorService loop) {
      this.pid = pid;
      this.loop = loop;
      this.random = new Random(pid);
      this.owner = locks.attach(pid, new Subject("client backend", pid), new LoopTimers(loop));
      owner.deadlockTimeout(2);
      owner.lockTimeout(500);
    }

    void transaction() {
      left = 1 + random.nextInt(3);
      next();
    }

    private void next() {
      if (left-- == 0) {
        loop.execute(this::end);
        return;
      }
      target = random.nextInt(TARGETS);
      // Mostly weak ones, so that the fast path is used and taken away again.
      mode = LockMode.of(random.nextInt(3) > 0 ? random.nextInt(3) : random.nextInt(8));
      acquire();
    }

    private void acquire() {
      try {
        if (target < 3) {
          locks.lockRelation(owner, DATABASE, 100 + target, mode);
        } else {
          locks.lock(owner, LockTag.advisory(DATABASE, target), mode);
        }
        granted();
        next();
      } catch (NotYet waiting) {
        waits.incrementAndGet();
        waiting
            .until()
            .onComplete(done -> {
              if (done.succeeded()) {
                acquire();
              } else {
                refused(done.cause());
              }
            });
      } catch (PgException deadlock) {
        refused(deadlock);
      } catch (RuntimeException | AssertionError e) {
        failures.add(e);
      }
    }

    /// Counts first and looks then: of two that must not be here together, at least the second one
    /// sees it.
    private void granted() {
      grants.incrementAndGet();
      AtomicIntegerArray counts = held.get(target);
      counts.incrementAndGet(mode.index());
      mine.add(new int[] {target, mode.index()});
      for (LockMode other : LockMode.values()) {
        int own = 0;
        for (int[] one : mine) {
          own += one[0] == target && one[1] == other.index() ? 1 : 0;
        }
        if (mode.conflictsWith(other) && counts.get(other.index()) > own) {
          throw new AssertionError(mode + " beside " + other + " on " + target);
        }
      }
    }

    private void refused(Throwable error) {
      if (error instanceof PgException e && e.sqlState() == SqlState.T_R_DEADLOCK_DETECTED) {
        deadlocks.incrementAndGet();
      } else if (!(error instanceof PgException e) || e.sqlState() != SqlState.LOCK_NOT_AVAILABLE) {
        failures.add(error);
        return;
      }
      end();
    }

    private void end() {
      for (int[] one : mine) {
        held.get(one[0]).decrementAndGet(one[1]);
      }
      mine.clear();
      locks.releaseAll(owner);
      if (stopping) {
        locks.detach(owner);
        ended.put(pid, true);
      } else {
        loop.execute(this::transaction);
      }
    }
  }

  /// The timers of one loop.
  private record LoopTimers(ScheduledExecutorService loop) implements Timers {
    @Override
    public Timer schedule(long delayNanos, Runnable action) {
      ScheduledFuture<?> scheduled = loop.schedule(action, delayNanos, TimeUnit.NANOSECONDS);
      return () -> scheduled.cancel(false);
    }

    @Override
    public Future<Void> yieldTurn() {
      Promise<Void> turn = Promise.promise();
      loop.execute(turn::complete);
      return turn.future();
    }

    @Override
    public void execute(Runnable action) {
      loop.execute(action);
    }
  }
}
