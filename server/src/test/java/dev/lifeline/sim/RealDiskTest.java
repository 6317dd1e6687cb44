package dev.lifeline.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lifeline.access.EngineConfig;
import dev.lifeline.access.EngineEnvironment;
import dev.lifeline.access.Initdb;
import dev.lifeline.access.SharedMemory;
import dev.lifeline.access.transam.CheckpointRequest;
import dev.lifeline.access.transam.IsolationLevel;
import dev.lifeline.access.transam.RecoveryReport;
import dev.lifeline.access.transam.Xact;
import dev.lifeline.access.transam.XidStatus;
import dev.lifeline.events.Emitter;
import dev.lifeline.storage.file.FileDisk;
import dev.lifeline.storage.ipc.Proc;
import dev.lifeline.storage.ipc.Wakeup;
import dev.lifeline.storage.smgr.RelFileLocator;
import dev.lifeline.utils.Clock;
import dev.lifeline.utils.NotYet;
import dev.lifeline.utils.Timers;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The same engine on a real disk, with real threads that race for its latches: what the
/// simulator's single thread cannot show. The race for a page is about certain: 4 threads, 24
/// pages, and a pool that does not hold them all.
class RealDiskTest {
  private static final int THREADS = 4;
  private static final int TRANSACTIONS = 250;

  private final ScheduledExecutorService timerThread = Executors.newScheduledThreadPool(1);
  private final RelFileLocator rel = new RelFileLocator(5, 20_000);
  private final Set<Long> acknowledged = ConcurrentHashMap.newKeySet();
  private final AtomicLong nextTransfer = new AtomicLong(1);

  @TempDir Path directory = Path.of(".");

  @AfterEach
  void stopTimers() {
    timerThread.shutdownNow();
  }

  private final class RealTime implements Clock, Timers {
    @Override
    public long epochMicros() {
      return TimeUnit.MILLISECONDS.toMicros(System.currentTimeMillis());
    }

    @Override
    public long nanoTime() {
      return System.nanoTime();
    }

    @Override
    public Timer schedule(long delayNanos, Runnable action) {
      var future = timerThread.schedule(action, delayNanos, TimeUnit.NANOSECONDS);
      return () -> future.cancel(false);
    }

    @Override
    public Future<Void> yieldTurn() {
      Promise<Void> promise = Promise.promise();
      execute(promise::complete);
      return promise.future();
    }

    @Override
    public void execute(Runnable action) {
      timerThread.execute(action);
    }
  }

  private EngineConfig config() {
    EngineConfig d = EngineConfig.defaults();
    return new EngineConfig(
        20,
        65536,
        1 << 20,
        true,
        true,
        2 << 20,
        8 << 20,
        d.checkpointCompletionTarget(),
        d.checkpointTimeoutMs(),
        d.bgwriterLruMaxpages(),
        d.bgwriterLruMultiplier(),
        0,
        5,
        false);
  }

  private SharedMemory boot() {
    FileDisk disk = FileDisk.open(directory, 10, Wakeup.direct());
    RealTime time = new RealTime();
    EngineEnvironment environment =
        new EngineEnvironment(
            disk,
            time,
            time,
            Wakeup.direct(),
            Emitter.NONE,
            panic -> {
              throw new AssertionError(panic.message());
            });
    return SharedMemory.create(config(), environment, List.of(new SimLedger()));
  }

  private static <T> T await(Future<T> future) {
    try {
      return future.toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS);
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private static <T> T call(Supplier<T> operation) {
    while (true) {
      try {
        return operation.get();
      } catch (NotYet notYet) {
        await(notYet.until());
      }
    }
  }

  private static void run(Runnable operation) {
    call(() -> {
      operation.run();
      return true;
    });
  }

  private void initialize() {
    FileDisk disk = FileDisk.open(directory, 10, Wakeup.direct());
    await(Initdb.run(disk, config(), new RealTime(), 1));
    await(disk.abandon());
  }

  private void makeTable(SharedMemory shared) {
    Proc proc = shared.transactions().register(1, 5);
    Xact xact = shared.transactions().begin(proc, IsolationLevel.READ_COMMITTED, false);
    run(() -> shared.storage().create(xact, rel));
    for (int i = 0; i < SimLedger.PAGES; i++) {
      run(() -> SimLedger.addPage(shared, xact, rel));
    }
    await(xact.commit());
    shared.transactions().unregister(proc);
  }

  private void client(SharedMemory shared, int number) {
    Random random = new Random(number);
    Proc proc = shared.transactions().register(100 + number, 5);
    for (int i = 0; i < TRANSACTIONS; i++) {
      Xact xact = shared.transactions().begin(proc, IsolationLevel.READ_COMMITTED, false);
      long transfer = nextTransfer.getAndIncrement();
      int from = random.nextInt(SimLedger.PAGES);
      int to = random.nextInt(SimLedger.PAGES);
      long amount = 1L + random.nextInt(1000);
      run(() -> SimLedger.add(shared, xact, rel, from, transfer, -amount));
      run(() -> SimLedger.add(shared, xact, rel, to, transfer, amount));
      if (random.nextInt(10) == 0) {
        await(xact.abort());
      } else {
        await(xact.commit());
        acknowledged.add(transfer);
      }
    }
    shared.transactions().unregister(proc);
  }

  private void work(SharedMemory shared) throws InterruptedException {
    List<Thread> threads = new ArrayList<>();
    List<Throwable> failures = java.util.Collections.synchronizedList(new ArrayList<>());
    for (int i = 0; i < THREADS; i++) {
      int number = i;
      Thread thread = new Thread(() -> client(shared, number), "client-" + i);
      thread.setUncaughtExceptionHandler((t, e) -> failures.add(e));
      threads.add(thread);
      thread.start();
    }
    for (Thread thread : threads) {
      while (thread.isAlive()) {
        thread.join(20);
        await(shared.checkpoint(CheckpointRequest.requested()));
      }
    }
    if (!failures.isEmpty()) {
      throw new AssertionError(failures.get(0));
    }
  }

  private void check(SharedMemory shared) {
    Map<Long, List<SimLedger.Entry>> visible = new HashMap<>();
    Set<Long> xids = new HashSet<>();
    for (int block = 0; block < SimLedger.PAGES; block++) {
      int page = block;
      for (SimLedger.Entry entry : call(() -> SimLedger.read(shared, rel, page))) {
        xids.add(entry.xid());
        if (call(() -> shared.transactions().clog().status(entry.xid())) == XidStatus.COMMITTED) {
          visible.computeIfAbsent(entry.transfer(), ignored -> new ArrayList<>()).add(entry);
        }
      }
    }
    assertEquals(acknowledged, visible.keySet());
    visible.forEach((transfer, entries) -> assertEquals(2, entries.size(), "of " + transfer));
    assertTrue(xids.size() > visible.size(), "nothing was rolled back");
  }

  @Test
  void threadsRaceAndNothingIsLostInACrash() throws InterruptedException {
    initialize();
    SharedMemory first = boot();
    assertFalse(await(first.recover()).needed());
    makeTable(first);
    work(first);
    await(first.abandon());

    SharedMemory second = boot();
    RecoveryReport report = await(second.recover());
    assertTrue(report.needed());
    check(second);
    await(second.checkpoint(CheckpointRequest.shutdown()));
    await(second.abandon());

    SharedMemory third = boot();
    assertFalse(await(third.recover()).needed());
    check(third);
    await(third.abandon());
  }
}
