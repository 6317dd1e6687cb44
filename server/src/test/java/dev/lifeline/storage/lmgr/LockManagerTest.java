package dev.lifeline.storage.lmgr;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lifeline.events.LockEvent;
import dev.lifeline.events.Subject;
import dev.lifeline.events.testing.RecordingEmitter;
import dev.lifeline.utils.NotYet;
import dev.lifeline.utils.error.PgException;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class LockManagerTest {
  private static final int DB = 5;
  private static final LockTag A = LockTag.advisory(DB, 1);
  private static final LockTag B = LockTag.advisory(DB, 2);

  private final VirtualTime time = new VirtualTime();
  private final RecordingEmitter events = new RecordingEmitter();
  private final LockManager locks = new LockManager(time, events);

  private LockOwner owner(int pid) {
    return locks.attach(pid, new Subject("client backend", pid), time);
  }

  private Future<?> waits(Runnable operation) {
    return assertThrows(NotYet.class, operation::run).until();
  }

  /// PostgreSQL's table, row by row: what AccessShare ... AccessExclusive conflict with.
  @Test
  void modesConflictAsInPostgres() {
    String[] table = {
      "00000001", "00000011", "00001111", "00011111", "00110111", "00111111", "01111111", "11111111"
    };
    LockMode[] modes = LockMode.values();
    for (int i = 0; i < 8; i++) {
      for (int j = 0; j < 8; j++) {
        assertEquals(
            table[i].charAt(j) == '1', modes[i].conflictsWith(modes[j]), modes[i] + " " + modes[j]);
      }
    }
  }

  @Test
  void waitersAreServedInTheirOrder() {
    LockOwner a = owner(1);
    LockOwner b = owner(2);
    LockOwner c = owner(3);
    locks.lock(a, A, LockMode.SHARE);
    Future<?> exclusive = waits(() -> locks.lock(b, A, LockMode.EXCLUSIVE));
    // Compatible with the holder, but not with who waits already.
    Future<?> share = waits(() -> locks.lock(c, A, LockMode.SHARE));
    locks.releaseAll(a);
    time.advance(0);
    assertTrue(exclusive.succeeded());
    assertFalse(share.isComplete());
    locks.lock(b, A, LockMode.EXCLUSIVE);
    locks.releaseAll(b);
    time.advance(0);
    assertTrue(share.succeeded());
    locks.lock(c, A, LockMode.SHARE);
  }

  @Test
  void aHolderGoesBeforeWhoWaitsForHim() {
    LockOwner a = owner(1);
    LockOwner b = owner(2);
    LockOwner c = owner(3);
    locks.lock(a, A, LockMode.SHARE);
    locks.lock(b, A, LockMode.SHARE);
    waits(() -> locks.lock(c, A, LockMode.EXCLUSIVE));
    // c waits for a; behind c, a would wait for ever.
    locks.lock(a, A, LockMode.ROW_SHARE);
    assertTrue(locks.holds(a, A, LockMode.ROW_SHARE));
  }

  @Test
  void deadlockIsBrokenByTheFirstWhoseTimeoutEnds() {
    LockOwner a = owner(1);
    LockOwner b = owner(2);
    b.deadlockTimeout(5000);
    locks.lock(a, A, LockMode.EXCLUSIVE);
    locks.lock(b, B, LockMode.EXCLUSIVE);
    Future<?> first = waits(() -> locks.lock(a, B, LockMode.EXCLUSIVE));
    Future<?> second = waits(() -> locks.lock(b, A, LockMode.SHARE));
    time.advance(999);
    assertFalse(first.isComplete());
    time.advance(2);
    PgException error = (PgException) first.cause();
    assertEquals("40P01", error.sqlState().code());
    assertEquals("deadlock detected", error.message());
    assertEquals("See server log for query details.", error.hint());
    assertEquals(
        "Process 1 waits for ExclusiveLock on advisory lock [5,0,2,1]; blocked by process 2.\n"
            + "Process 2 waits for ShareLock on advisory lock [5,0,1,1]; blocked by process 1.",
        error.detail());
    assertEquals(1, events.events(LockEvent.DeadlockDetected.class).size());
    locks.releaseAll(a);
    time.advance(0);
    assertTrue(second.succeeded());
  }

  /// a holds A weakly, b waits for A, a waits for c's B, c wants A weakly and stands behind b: only
  /// the queue makes it a circle.
  @Test
  void aCircleThatOnlyTheQueueMakesIsUndoneByOvertaking() {
    LockOwner a = owner(1);
    LockOwner b = owner(2);
    LockOwner c = owner(3);
    locks.lock(a, A, LockMode.SHARE);
    locks.lock(c, B, LockMode.EXCLUSIVE);
    Future<?> waiter = waits(() -> locks.lock(b, A, LockMode.EXCLUSIVE));
    Future<?> holder = waits(() -> locks.lock(a, B, LockMode.SHARE));
    Future<?> behind = waits(() -> locks.lock(c, A, LockMode.SHARE));
    time.advance(1001);
    assertTrue(behind.succeeded());
    assertFalse(waiter.isComplete());
    assertFalse(holder.isComplete());
    assertTrue(events.events(LockEvent.DeadlockDetected.class).isEmpty());
  }

  @Test
  void lockTimeoutAndCancel() {
    LockOwner a = owner(1);
    LockOwner b = owner(2);
    LockOwner c = owner(3);
    b.lockTimeout(100);
    locks.lock(a, A, LockMode.EXCLUSIVE);
    Future<?> impatient = waits(() -> locks.lock(b, A, LockMode.EXCLUSIVE));
    Future<?> patient = waits(() -> locks.lock(c, A, LockMode.EXCLUSIVE));
    c.waitRelation("accounts");
    time.advance(101);
    PgException error = (PgException) impatient.cause();
    assertEquals("55P03", error.sqlState().code());
    assertEquals("canceling statement due to lock timeout", error.message());
    assertFalse(patient.isComplete());
    time.advance(1000);
    LockEvent.Waiting told = events.events(LockEvent.Waiting.class).getFirst();
    assertEquals(List.of(1), told.blockingPids());
    assertEquals("accounts", told.relname());
    assertTrue(
        locks.cancelWait(
            c,
            PgException.error(
                dev.lifeline.utils.error.SqlState.QUERY_CANCELED,
                "canceling statement due to user request")));
    time.advance(0);
    assertTrue(patient.failed());
    assertEquals(
        List.of("55P03", "57014"),
        events.events(LockEvent.WaitCancelled.class).stream()
            .map(LockEvent.WaitCancelled::sqlstate)
            .toList());
    assertFalse(c.waiting());
  }

  @Test
  void aWaiterIsAnnouncedAndThenAcquires() {
    LockOwner a = owner(1);
    LockOwner b = owner(2);
    locks.lock(a, A, LockMode.EXCLUSIVE);
    waits(() -> locks.lock(b, A, LockMode.EXCLUSIVE));
    time.advance(1500);
    locks.releaseAll(a);
    time.advance(0);
    LockEvent.Acquired acquired = events.events(LockEvent.Acquired.class).getFirst();
    assertEquals(1500.0, acquired.waitedMs());
    assertEquals("advisory", acquired.locktype());
    assertEquals(events.envelopes().getFirst().sequence(), events.envelopes().getLast().cause());
  }

  @Test
  void weakRelationLocksStayOutOfTheTableUntilAStrongOneComes() {
    LockOwner a = owner(1);
    LockOwner b = owner(2);
    locks.lockRelation(a, DB, 16384, LockMode.ROW_EXCLUSIVE);
    locks.lockRelation(b, DB, 16384, LockMode.ROW_EXCLUSIVE);
    assertTrue(locks.list().stream().allMatch(LockInfo::fastPath));
    assertFalse(locks.mayHoldShared(a));
    LockOwner c = owner(3);
    Future<?> strong = waits(() -> locks.lockRelation(c, DB, 16384, LockMode.ACCESS_EXCLUSIVE));
    assertEquals(List.of(1, 2), locks.blockingPids(3));
    assertTrue(locks.list().stream().noneMatch(LockInfo::fastPath));
    LockOwner d = owner(4);
    Future<?> weak = waits(() -> locks.lockRelation(d, DB, 16384, LockMode.ACCESS_SHARE));
    // Who holds it in this mode has it, whoever waits.
    locks.lockRelation(a, DB, 16384, LockMode.ROW_EXCLUSIVE);
    locks.releaseAll(a);
    time.advance(0);
    assertFalse(strong.isComplete());
    locks.releaseAll(b);
    time.advance(0);
    assertTrue(strong.succeeded());
    locks.lockRelation(c, DB, 16384, LockMode.ACCESS_EXCLUSIVE);
    locks.releaseAll(c);
    time.advance(0);
    assertTrue(weak.succeeded());
    locks.lockRelation(d, DB, 16384, LockMode.ACCESS_SHARE);
    locks.releaseAll(d);
    locks.lockRelation(a, DB, 16384, LockMode.ROW_EXCLUSIVE);
    assertTrue(locks.list().stream().allMatch(LockInfo::fastPath), locks.list().toString());
  }

  @Test
  void aSavepointGivesBackWhatItAcquired() {
    LockOwner a = owner(1);
    LockOwner b = owner(2);
    locks.lock(a, A, LockMode.SHARE);
    int mark = locks.mark(a);
    locks.lock(a, A, LockMode.SHARE);
    locks.lock(a, B, LockMode.EXCLUSIVE);
    locks.lockRelation(a, DB, 1, LockMode.ACCESS_SHARE);
    locks.releaseTo(a, mark);
    assertTrue(locks.holds(a, A, LockMode.SHARE));
    assertFalse(locks.holds(a, B, LockMode.EXCLUSIVE));
    assertTrue(locks.tryLock(b, B, LockMode.EXCLUSIVE));
    assertTrue(locks.tryLockRelation(b, DB, 1, LockMode.ACCESS_EXCLUSIVE));
  }

  @Test
  void sessionLocksAreCountedAndOutliveTheTransaction() {
    LockOwner a = owner(1);
    LockOwner b = owner(2);
    locks.lockSession(a, A, LockMode.EXCLUSIVE);
    locks.lockSession(a, A, LockMode.EXCLUSIVE);
    locks.releaseAll(a);
    assertFalse(locks.tryLock(b, A, LockMode.EXCLUSIVE));
    assertTrue(locks.unlockSession(a, A, LockMode.EXCLUSIVE));
    Future<?> granted = waits(() -> locks.lockSession(b, A, LockMode.EXCLUSIVE));
    assertTrue(locks.unlockSession(a, A, LockMode.EXCLUSIVE));
    assertFalse(locks.unlockSession(a, A, LockMode.EXCLUSIVE));
    time.advance(0);
    assertTrue(granted.succeeded());
    // The call that is repeated after the wait must not count a second time.
    locks.lockSession(b, A, LockMode.EXCLUSIVE);
    assertTrue(locks.unlockSession(b, A, LockMode.EXCLUSIVE));
    assertFalse(locks.unlockSession(b, A, LockMode.EXCLUSIVE));
    assertTrue(locks.list().isEmpty());
  }

  /// Transactions by hand.
  private static final class Xids implements XidOwners {
    final Map<Long, LockOwner> running = new HashMap<>();
    final Map<Long, Promise<Void>> ends = new HashMap<>();

    void end(LockOwner owner, long xid) {
      running.remove(xid, owner);
      Promise<Void> promise = ends.remove(xid);
      if (promise != null) {
        promise.complete();
      }
    }

    @Override
    public @Nullable LockOwner ownerOf(long xid) {
      return running.get(xid);
    }

    @Override
    public void forEach(Visitor visitor) {
      running.forEach(visitor::running);
    }

    @Override
    public Future<Void> end(long xid) {
      return ends.computeIfAbsent(xid, key -> Promise.promise()).future();
    }
  }

  @Test
  void transactionsAreAwaitedInTheDetectorsSight() {
    Xids xids = new Xids();
    locks.xidOwners(xids);
    LockOwner a = owner(1);
    LockOwner b = owner(2);
    xids.running.put(100L, a);
    xids.running.put(101L, b);
    Future<?> aWaits = waits(() -> locks.awaitXid(a, 101));
    Future<?> bWaits = waits(() -> locks.awaitXid(b, 100));
    time.advance(1001);
    PgException error = (PgException) aWaits.cause();
    assertEquals(
        "Process 1 waits for ShareLock on transaction 101; blocked by process 2.\n"
            + "Process 2 waits for ShareLock on transaction 100; blocked by process 1.",
        error.detail());
    xids.end(a, 100);
    time.advance(0);
    assertTrue(bWaits.succeeded());
    locks.awaitXid(b, 100);
    xids.end(b, 101);
    assertTrue(locks.list().isEmpty());
  }
}
