package dev.lifeline.storage.ipc;

import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// The process array: who is there, which transactions run, and what that means for snapshots and
/// for vacuum.
///
/// Rules that keep snapshots right:
///
/// 1. An xid is given out and entered here in one step, and leaves in one step with all its
///    subtransactions.
/// 2. The list of running ones is made once and then shared until some transaction ends: those that
///    begin meanwhile are at or above its xmax, which means running as well.
/// 3. Who takes a snapshot publishes its xmin first and then checks that the snapshot is still the
///    current one. So a horizon that was computed without that xmin is not above it.
public final class ProcArray {
  private final Wakeup wakeup;
  private final Latch latch = new Latch();

  /// Guarded by the latch.
  private Proc[] running = new Proc[16];

  private int runningCount;
  private List<Proc> procs = new ArrayList<>();

  private volatile long nextXid;
  private volatile long completions;
  private volatile @Nullable RunningXids current;
  private volatile Proc[] everybody = new Proc[0];

  private final Map<Long, WaitList> waiters = new ConcurrentHashMap<>();

  public ProcArray(Wakeup wakeup) {
    this.wakeup = wakeup;
  }

  /// The first xid of this generation, from recovery.
  public void start(long firstXid) {
    nextXid = firstXid;
  }

  public long nextXid() {
    return nextXid;
  }

  public void add(Proc proc) {
    latch.lock();
    try {
      procs.add(proc);
      everybody = procs.toArray(Proc[]::new);
    } finally {
      latch.unlock();
    }
  }

  public void remove(Proc proc) {
    latch.lock();
    try {
      if (proc.xid() != 0) {
        throw new IllegalStateException(proc.subject() + " leaves with transaction " + proc.xid());
      }
      procs.remove(proc);
      everybody = procs.toArray(Proc[]::new);
    } finally {
      latch.unlock();
    }
  }

  /// Gives an xid to a process's transaction, or to a subtransaction if that has one.
  public long assign(Proc proc) {
    latch.lock();
    try {
      long xid = nextXid;
      if (proc.xid() == 0) {
        proc.setXid(xid);
        if (runningCount == running.length) {
          running = Arrays.copyOf(running, runningCount * 2);
        }
        proc.setRunningIndex(runningCount);
        running[runningCount++] = proc;
      } else {
        proc.addSubXid(xid);
      }
      nextXid = xid + 1;
      return xid;
    } finally {
      latch.unlock();
    }
  }

  /// The process's transaction has ended, with all its subtransactions. Its commit status is known
  /// to the clog before.
  public void end(Proc proc) {
    long[] ended;
    latch.lock();
    try {
      ended = waiters.isEmpty() ? new long[0] : xidsOf(proc);
      Proc last = running[--runningCount];
      running[proc.runningIndex()] = last;
      last.setRunningIndex(proc.runningIndex());
      proc.setRunningIndex(-1);
      proc.clearXids();
      countCompletion();
    } finally {
      latch.unlock();
    }
    wake(ended);
  }

  /// Under the latch.
  private void countCompletion() {
    long before = completions;
    completions = before + 1;
  }

  private static long[] xidsOf(Proc proc) {
    long[] xids = new long[proc.subXidCount() + 1];
    xids[0] = proc.xid();
    for (int i = 0; i < proc.subXidCount(); i++) {
      xids[i + 1] = proc.subXid(i);
    }
    return xids;
  }

  /// The innermost subtransaction was rolled back while the transaction goes on.
  ///
  /// @param subXids its own xid first, then those of the ones that were committed into it
  public void endSubs(Proc proc, long[] subXids) {
    latch.lock();
    try {
      proc.removeSubXidsFrom(subXids[0]);
      countCompletion();
    } finally {
      latch.unlock();
    }
    wake(subXids);
  }

  private void wake(long[] xids) {
    if (waiters.isEmpty()) {
      return;
    }
    for (long xid : xids) {
      WaitList list = waiters.remove(xid);
      if (list != null) {
        list.complete();
      }
    }
  }

  /// The transactions that run now.
  public RunningXids current() {
    RunningXids known = current;
    if (known != null && known.completions() == completions) {
      return known;
    }
    latch.lock();
    try {
      int count = 0;
      for (int i = 0; i < runningCount; i++) {
        count += 1 + running[i].subXidCount();
      }
      long[] xids = new long[count];
      int n = 0;
      for (int i = 0; i < runningCount; i++) {
        Proc proc = running[i];
        xids[n++] = proc.xid();
        for (int j = 0; j < proc.subXidCount(); j++) {
          xids[n++] = proc.subXid(j);
        }
      }
      Arrays.sort(xids);
      RunningXids made = new RunningXids(nextXid, xids, completions);
      current = made;
      return made;
    } finally {
      latch.unlock();
    }
  }

  /// The transactions that run now, for a snapshot of this process: nobody will remove what it sees
  /// until the process's xmin is taken back.
  public RunningXids snapshot(Proc proc) {
    while (true) {
      RunningXids taken = current();
      boolean first = proc.xmin() == 0;
      if (first) {
        proc.setXmin(taken.xmin());
      }
      if (taken.completions() == completions) {
        return taken;
      }
      if (first) {
        proc.setXmin(0);
      }
    }
  }

  /// A transaction or subtransaction that runs, and whose it is.
  public record Running(long xid, Proc proc) {}

  /// All of them at one instant.
  public List<Running> running() {
    latch.lock();
    try {
      List<Running> all = new ArrayList<>();
      for (int i = 0; i < runningCount; i++) {
        Proc proc = running[i];
        for (long xid : xidsOf(proc)) {
          all.add(new Running(xid, proc));
        }
      }
      return all;
    } finally {
      latch.unlock();
    }
  }

  public boolean isRunning(long xid) {
    RunningXids now = current();
    if (xid < now.xmax()) {
      return now.inProgress(xid);
    }
    return xid < nextXid && find(xid) != 0;
  }

  /// The transaction that a running xid belongs to; 0 when it does not run.
  public long topXid(long xid) {
    return find(xid);
  }

  /// The xid of the process's transaction; 0 where it has none.
  public long topXid(Proc proc) {
    latch.lock();
    try {
      return proc.xid();
    } finally {
      latch.unlock();
    }
  }

  private long find(long xid) {
    latch.lock();
    try {
      for (int i = 0; i < runningCount; i++) {
        if (running[i].hasXid(xid)) {
          return running[i].xid();
        }
      }
      return 0;
    } finally {
      latch.unlock();
    }
  }

  /// The process that runs a transaction; null when nobody does.
  public @Nullable Proc owner(long xid) {
    latch.lock();
    try {
      for (int i = 0; i < runningCount; i++) {
        if (running[i].hasXid(xid)) {
          return running[i];
        }
      }
      return null;
    } finally {
      latch.unlock();
    }
  }

  /// Completes when the xid does not run any more.
  public Future<Void> xidEnd(long xid) {
    WaitList list = waiters.computeIfAbsent(xid, ignored -> new WaitList(wakeup));
    if (find(xid) == 0) {
      waiters.remove(xid, list);
      list.complete();
    }
    return list.await();
  }

  /// No snapshot, now or later, sees a row that a transaction before this one deleted.
  public long oldestXmin() {
    long oldest = current().xmin();
    for (Proc proc : everybody) {
      long xmin = proc.xmin();
      if (xmin != 0 && xmin < oldest) {
        oldest = xmin;
      }
    }
    return oldest;
  }

  /// Whether one of these processes is in the middle of a change that a checkpoint must not cut.
  public List<Proc> delayingCheckpoint() {
    List<Proc> delaying = new ArrayList<>(0);
    for (Proc proc : everybody) {
      if (proc.delayingCheckpoint()) {
        delaying.add(proc);
      }
    }
    return delaying;
  }

  /// How many transactions with an xid run.
  public int runningCount() {
    latch.lock();
    try {
      return runningCount;
    } finally {
      latch.unlock();
    }
  }

  public List<Proc> procs() {
    return List.of(everybody);
  }
}
