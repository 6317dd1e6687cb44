package dev.lifeline.storage.ipc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lifeline.events.Subject;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class ProcArrayTest {
  private final ProcArray procs = new ProcArray(Wakeup.direct());

  ProcArrayTest() {
    procs.start(100);
  }

  private Proc proc(int pid) {
    Proc proc = new Proc(new Subject("client backend", pid), 5);
    procs.add(proc);
    return proc;
  }

  @Test
  void aSnapshotSeesWhoWasRunning() {
    Proc a = proc(1);
    Proc b = proc(2);
    long xidA = procs.assign(a);
    long xidB = procs.assign(b);
    long subB = procs.assign(b);
    procs.end(a);
    RunningXids seen = procs.current();
    assertFalse(seen.inProgress(xidA));
    assertTrue(seen.inProgress(xidB));
    assertTrue(seen.inProgress(subB));
    assertEquals(xidB, seen.xmin());
    long later = procs.assign(a);
    assertTrue(seen.inProgress(later));
    assertSame(seen, procs.current(), "a transaction that begins does not change it");
    procs.end(b);
    assertTrue(seen.inProgress(xidB), "a snapshot does not change");
    assertFalse(procs.current().inProgress(xidB));
  }

  @Test
  void topAndEndOfSubtransactions() {
    Proc a = proc(1);
    long top = procs.assign(a);
    long other = procs.assign(a);
    long sub = procs.assign(a);
    Future<Void> subEnd = procs.xidEnd(sub);
    Future<Void> topEnd = procs.xidEnd(top);
    assertEquals(top, procs.topXid(sub));
    procs.endSubs(a, new long[] {sub});
    assertTrue(subEnd.succeeded());
    assertFalse(topEnd.isComplete());
    assertFalse(procs.isRunning(sub));
    assertTrue(procs.isRunning(other));
    assertEquals(0, procs.topXid(sub));
    procs.end(a);
    assertTrue(topEnd.succeeded());
    assertTrue(procs.xidEnd(top).succeeded());
    assertFalse(procs.isRunning(other));
  }

  @Test
  void theHorizonStopsAtTheOldestSnapshot() {
    Proc reader = proc(1);
    Proc writer = proc(2);
    assertEquals(100, procs.oldestXmin());
    procs.assign(writer);
    procs.snapshot(reader);
    procs.end(writer);
    procs.assign(writer);
    procs.end(writer);
    assertEquals(100, procs.oldestXmin(), "the reader sees 100 as running");
    reader.setXmin(0);
    assertEquals(102, procs.oldestXmin());
  }

  /// Two writers and a reader race; the reader's snapshot must never be older than a horizon that
  /// was computed meanwhile. Odds: some thousand snapshots are taken while transactions end.
  @Test
  void noHorizonPassesASnapshot() throws InterruptedException {
    List<Throwable> failures = Collections.synchronizedList(new ArrayList<>());
    AtomicBoolean stop = new AtomicBoolean();
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      Proc writer = proc(10 + i);
      threads.add(
          new Thread(() -> {
            while (!stop.get()) {
              procs.assign(writer);
              procs.end(writer);
            }
          }));
    }
    Proc reader = proc(20);
    threads.add(
        new Thread(() -> {
          while (!stop.get()) {
            RunningXids seen = procs.snapshot(reader);
            long horizon = procs.oldestXmin();
            if (horizon > seen.xmin()) {
              failures.add(new AssertionError(horizon + " is above " + seen));
            }
            reader.setXmin(0);
          }
        }));
    threads.forEach(Thread::start);
    for (int i = 0; i < 20_000; i++) {
      long horizon = procs.oldestXmin();
      long xmin = reader.xmin();
      RunningXids now = procs.current();
      if (now.xmin() < horizon && xmin == 0) {
        failures.add(new AssertionError("the horizon " + horizon + " is ahead of " + now));
      }
    }
    stop.set(true);
    for (Thread thread : threads) {
      thread.join();
    }
    assertEquals(List.of(), failures);
  }
}
