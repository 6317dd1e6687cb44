package dev.lifeline.access;

import dev.lifeline.access.heap.HeapAccess;
import dev.lifeline.access.heap.HeapResourceManager;
import dev.lifeline.access.heap.HeapVerifier;
import dev.lifeline.access.nbtree.BTree;
import dev.lifeline.access.nbtree.BTreeAccess;
import dev.lifeline.access.nbtree.BTreeResourceManager;
import dev.lifeline.access.nbtree.BTreeVerifier;
import dev.lifeline.access.table.Table;
import dev.lifeline.access.transam.IsolationLevel;
import dev.lifeline.access.transam.RecoveryListener;
import dev.lifeline.access.transam.Xact;
import dev.lifeline.events.Subject;
import dev.lifeline.events.testing.RecordingEmitter;
import dev.lifeline.storage.ipc.Proc;
import dev.lifeline.storage.ipc.Wakeup;
import dev.lifeline.storage.lmgr.LockOwner;
import dev.lifeline.storage.smgr.RelFileLocator;
import dev.lifeline.utils.Clock;
import dev.lifeline.utils.NotYet;
import dev.lifeline.utils.Timers;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.PriorityBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/// A storage engine in memory for tests of the rooms above transam: operations are driven to their
/// end by the calling thread, time is virtual.
public final class StorageFixture {
  public static final int DATABASE = 5;

  public final MemoryDisk disk;
  public final SharedMemory shared;
  public final HeapAccess heap;
  public final BTreeAccess btrees;
  public final RecordingEmitter events = new RecordingEmitter();
  public final Time time = new Time();

  /// A new cluster.
  public StorageFixture(EngineConfig config) {
    this(config, freshDisk(config));
  }

  /// A cluster as a crash has left it on the disk.
  public StorageFixture(EngineConfig config, MemoryDisk disk) {
    this(config, disk, RecoveryConfig.NONE, RecoveryListener.NONE);
  }

  /// A cluster that is recovered, and says so.
  public StorageFixture(
      EngineConfig config, MemoryDisk disk, RecoveryConfig recovery, RecoveryListener listener) {
    this.disk = disk;
    EngineEnvironment environment =
        new EngineEnvironment(
            disk,
            time,
            time,
            Wakeup.direct(),
            events,
            panic -> {
              throw new AssertionError("PANIC: " + panic.message(), panic);
            });
    this.shared =
        SharedMemory.create(
            config, environment, List.of(new HeapResourceManager(), new BTreeResourceManager()));
    shared.setRecovery(recovery);
    await(shared.recover(new Subject("startup", 0), listener));
    this.heap = new HeapAccess(shared);
    this.btrees = new BTreeAccess(heap);
  }

  public static EngineConfig config(int sharedBuffers) {
    EngineConfig d = EngineConfig.defaults();
    return new EngineConfig(
        sharedBuffers,
        d.walBuffers(),
        1 << 20,
        d.fsync(),
        d.fullPageWrites(),
        d.minWalSize(),
        d.maxWalSize(),
        d.checkpointCompletionTarget(),
        d.checkpointTimeoutMs(),
        d.bgwriterLruMaxpages(),
        d.bgwriterLruMultiplier(),
        d.commitDelayMicros(),
        d.commitSiblings(),
        d.archiveMode());
  }

  private static MemoryDisk freshDisk(EngineConfig config) {
    MemoryDisk disk = new MemoryDisk();
    Future<?> made = Initdb.run(disk, config, new Time(), 1);
    if (!made.succeeded()) {
      throw new AssertionError(made.cause());
    }
    return disk;
  }

  /// A session of its own.
  public Session session(int pid) {
    return new Session(pid);
  }

  /// One backend's part: its transactions, one after the other.
  public final class Session {
    public final Proc proc;
    public final LockOwner owner;

    Session(int pid) {
      Subject subject = new Subject("client backend", pid);
      this.proc = shared.transactions().register(subject, DATABASE);
      this.owner = shared.locks().attach(pid, subject, time);
      proc.setLockOwner(owner);
    }

    public Xact begin() {
      return begin(IsolationLevel.READ_COMMITTED);
    }

    public Xact begin(IsolationLevel isolation) {
      Xact xact = shared.transactions().begin(proc, isolation, false);
      return xact;
    }

    public void commit(Xact xact) {
      await(xact.commit());
      shared.locks().releaseAll(owner);
    }

    public void abort(Xact xact) {
      await(xact.abort());
      shared.locks().releaseAll(owner);
    }
  }

  /// Runs an operation of the storage until it has happened.
  public <T> T run(Supplier<T> operation) {
    while (true) {
      try {
        return operation.get();
      } catch (NotYet notYet) {
        await(notYet.until());
      }
    }
  }

  public void run(Runnable operation) {
    run(() -> {
      operation.run();
      return true;
    });
  }

  /// Runs the operation and expects that it has to wait for another session.
  public Future<?> blocked(Runnable operation) {
    while (true) {
      try {
        operation.run();
      } catch (NotYet notYet) {
        time.settle();
        if (!notYet.until().isComplete()) {
          return notYet.until();
        }
        continue;
      }
      throw new AssertionError("it did not wait");
    }
  }

  public <T> T await(Future<T> future) {
    // Another thread may have to do it, and may have to wait for a processor first.
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (!future.isComplete()) {
      if (!time.runOne(Long.MAX_VALUE)) {
        LockSupport.parkNanos(1_000);
        if (System.nanoTime() > until) {
          throw new AssertionError("never completed");
        }
      }
    }
    if (future.failed()) {
      if (future.cause() instanceof RuntimeException e) {
        throw e;
      }
      throw new AssertionError(future.cause());
    }
    return future.result();
  }

  /// Makes an empty table's file.
  public Table createTable(Session session, long number, int fillfactor) {
    RelFileLocator file = new RelFileLocator(DATABASE, number);
    Xact xact = session.begin();
    run(() -> shared.storage().create(xact, file));
    session.commit(xact);
    return heap.open(file, (int) number, fillfactor);
  }

  /// Makes an empty index.
  public BTree createIndex(Session session, long number, Table table) {
    RelFileLocator file = new RelFileLocator(DATABASE, number);
    Xact xact = session.begin();
    run(() -> shared.storage().create(xact, file));
    run(() -> btrees.initialize(xact, file));
    session.commit(xact);
    return btrees.open(file, (int) number, table);
  }

  /// Checks heap and indexes, and that no entry leads nowhere.
  public List<String> problems(Table table, BTree... indexes) {
    HeapVerifier heapVerifier = new HeapVerifier(table);
    while (run(heapVerifier::step)) {}
    List<String> problems = new ArrayList<>(heapVerifier.problems());
    Set<Long> roots = heapVerifier.roots();
    for (BTree index : indexes) {
      BTreeVerifier verifier = new BTreeVerifier(index);
      while (run(verifier::step)) {}
      problems.addAll(verifier.problems());
      for (BTreeVerifier.Entry entry : verifier.entries()) {
        if (!entry.dead() && !roots.contains(entry.tid())) {
          problems.add("index entry leads to " + entry.tid() + ", where no row can be");
        }
      }
    }
    return problems;
  }

  /// Virtual time, for one thread or several: whoever waits runs what is due.
  public static final class Time implements Clock, Timers {
    private final AtomicLong nanos = new AtomicLong();
    private final AtomicLong order = new AtomicLong();
    private final PriorityBlockingQueue<Task> tasks = new PriorityBlockingQueue<>();

    private static final class Task implements Timer, Comparable<Task> {
      private final long due;
      private final long order;
      private final Runnable action;
      private boolean over;

      Task(long due, long order, Runnable action) {
        this.due = due;
        this.order = order;
        this.action = action;
      }

      @Override
      public int compareTo(Task other) {
        return due != other.due ? Long.compare(due, other.due) : Long.compare(order, other.order);
      }

      @Override
      public synchronized boolean cancel() {
        boolean was = over;
        over = true;
        return !was;
      }

      synchronized boolean start() {
        boolean was = over;
        over = true;
        return !was;
      }
    }

    @Override
    public long epochMicros() {
      return 1_767_225_600_000_000L + nanos.get() / 1000;
    }

    @Override
    public long nanoTime() {
      return nanos.get();
    }

    @Override
    public Timer schedule(long delayNanos, Runnable action) {
      Task task = new Task(nanos.get() + delayNanos, order.getAndIncrement(), action);
      tasks.add(task);
      return task;
    }

    @Override
    public Future<Void> yieldTurn() {
      Promise<Void> promise = Promise.promise();
      execute(promise::complete);
      return promise.future();
    }

    @Override
    public void execute(Runnable action) {
      schedule(0, action);
    }

    /// Runs the next task that is due until then; false when there is none. Runs the next task that
    /// is due by then; false where there is none.
    public boolean runOne(long untilNanos) {
      Task task = tasks.poll();
      if (task == null) {
        return false;
      }
      if (task.due > untilNanos) {
        tasks.add(task);
        return false;
      }
      nanos.accumulateAndGet(task.due, Math::max);
      if (task.start()) {
        task.action.run();
      }
      return true;
    }

    /// Runs what is due now.
    public void settle() {
      while (runOne(nanos.get())) {}
    }

    public void advance(long millis) {
      long until = nanos.get() + millis * 1_000_000;
      while (runOne(until)) {}
      nanos.accumulateAndGet(until, Math::max);
    }
  }
}
