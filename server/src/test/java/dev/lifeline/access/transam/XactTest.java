package dev.lifeline.access.transam;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lifeline.access.StorageFixture;
import dev.lifeline.access.StorageFixture.Session;
import dev.lifeline.events.CheckpointEvent;
import dev.lifeline.events.LifecycleEvent;
import dev.lifeline.events.RecoveryEvent;
import dev.lifeline.events.TransactionEvent;
import dev.lifeline.storage.smgr.Fork;
import dev.lifeline.storage.smgr.RelFileLocator;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class XactTest {
  private final StorageFixture storage = new StorageFixture(StorageFixture.config(32));
  private final Session one = storage.session(1);
  private final Session two = storage.session(2);

  private Transactions transactions() {
    return storage.shared.transactions();
  }

  private XidStatus status(long xid) {
    return storage.run(() -> transactions().clog().status(xid));
  }

  private <E extends LifecycleEvent> int count(Class<E> type) {
    return storage.events.events(type).size();
  }

  @Test
  void aTransactionThatOnlyReadsLeavesNoTrace() {
    final long before = storage.shared.wal().insertLsn();
    storage.events.clear();
    Xact xact = one.begin();
    xact.snapshot();
    assertEquals(0, xact.xidIfAny());
    one.commit(xact);
    assertEquals(before, storage.shared.wal().insertLsn());
    assertEquals(0, count(TransactionEvent.class));
    assertEquals(0, transactions().running());
  }

  @Test
  void savepointsShareTheFateOfTheirTransaction() {
    Xact xact = one.begin();
    xact.beginSub();
    long kept = xact.xid();
    long top = xact.topXidIfAny();
    assertTrue(top < kept, "a parent's xid comes first");
    xact.beginSub();
    long undone = xact.xid();
    assertTrue(xact.isCurrent(undone));
    xact.abortSub();
    assertFalse(xact.isCurrent(undone));
    assertEquals(XidStatus.ABORTED, status(undone));
    xact.commitSub();
    assertTrue(xact.isCurrent(kept));
    assertTrue(transactions().isRunning(kept));
    assertEquals(top, transactions().topXid(kept));
    assertEquals(XidStatus.IN_PROGRESS, status(kept));
    one.commit(xact);
    assertEquals(XidStatus.COMMITTED, status(kept));
    assertEquals(XidStatus.COMMITTED, status(top));
    assertEquals(XidStatus.ABORTED, status(undone));
    assertFalse(transactions().isRunning(kept));
  }

  /// Depth and number are those at which a recursion or a loop over all of them would be noticed.
  @Test
  void savepointsGoToAnyDepth() {
    int depth = 10_000;
    Xact xact = one.begin();
    long[] xids = new long[depth];
    for (int i = 0; i < depth; i++) {
      xact.beginSub();
      // Every second one writes, and so the ones around it have xids, too.
      if (i % 2 == 1) {
        xids[i] = xact.xid();
        assertTrue(xact.isCurrent(xids[i]));
      }
    }
    for (int i = depth - 1; i >= depth / 2; i--) {
      xact.abortSub();
    }
    for (int i = depth / 2 - 1; i >= 100; i--) {
      xact.commitSub();
    }
    for (int i = 1; i < depth; i += 2) {
      assertEquals(i < depth / 2, xact.isCurrent(xids[i]), "savepoint " + i);
      assertEquals(i < depth / 2, transactions().isRunning(xids[i]), "savepoint " + i);
    }
    one.commit(xact);
    for (int i = 1; i < depth; i += 2) {
      assertEquals(
          i < depth / 2 ? XidStatus.COMMITTED : XidStatus.ABORTED, status(xids[i]), "of " + i);
    }
  }

  @Test
  void readCommittedSeesWhatRepeatableReadDoesNot() {
    Xact stable = one.begin(IsolationLevel.REPEATABLE_READ);
    stable.snapshot();
    stable.releaseSnapshot();
    Xact current = two.begin();
    Session third = storage.session(3);
    Xact writer = third.begin();
    long xid = writer.xid();
    third.commit(writer);
    assertTrue(stable.snapshot().inProgress(xid));
    assertFalse(current.snapshot().inProgress(xid));
    assertTrue(transactions().oldestXmin() <= xid, "the older snapshot is protected");
    one.commit(stable);
    current.releaseSnapshot();
    assertTrue(transactions().oldestXmin() > xid);
    two.commit(current);
  }

  @Test
  void commandsOfATransactionAreCounted() {
    Xact xact = one.begin();
    assertEquals(0, xact.snapshot().curcid());
    xact.nextCommand();
    assertEquals(1, xact.snapshot().curcid());
    one.abort(xact);
  }

  @Test
  void listenersHearHowItEnded() {
    List<String> heard = new ArrayList<>();
    Xact xact = one.begin();
    xact.addListener(
        new XactListener() {
          @Override
          public void ended(Xact ended, boolean committed) {
            heard.add("ended " + committed);
          }

          @Override
          public void subEnded(Xact ended, int subId, int parentSubId, boolean committed) {
            heard.add(subId + " into " + parentSubId + " " + committed);
          }
        });
    xact.beginSub();
    xact.beginSub();
    xact.abortSub();
    xact.commitSub();
    one.abort(xact);
    assertEquals(List.of("3 into 2 false", "2 into 1 true", "ended false"), heard);
  }

  @Test
  void anAsynchronousCommitIsDurableAfterTheWalWritersRound() {
    Xact xact = one.begin();
    final long xid = xact.xid();
    xact.setSynchronousCommit(false);
    one.commit(xact);
    assertEquals(XidStatus.COMMITTED, status(xid));
    assertFalse(transactions().commitIsDurable(xid));
    storage.await(storage.shared.walWriterRound());
    assertTrue(transactions().commitIsDurable(xid));
  }

  @Test
  void filesFollowTheirTransaction() {
    RelFileLocator kept = new RelFileLocator(5, transactions().nextRelNumber());
    RelFileLocator undone = new RelFileLocator(5, transactions().nextRelNumber());
    Xact xact = one.begin();
    storage.run(() -> storage.shared.storage().create(xact, kept));
    xact.beginSub();
    storage.run(() -> storage.shared.storage().create(xact, undone));
    assertTrue(storage.await(storage.disk.exists(undone.path(Fork.MAIN, 0))));
    xact.abortSub();
    one.commit(xact);
    assertFalse(storage.await(storage.disk.exists(undone.path(Fork.MAIN, 0))));
    assertTrue(storage.await(storage.disk.exists(kept.path(Fork.MAIN, 0))));
    Xact dropper = one.begin();
    storage.shared.storage().dropAtCommit(dropper, kept);
    assertTrue(storage.await(storage.disk.exists(kept.path(Fork.MAIN, 0))));
    one.commit(dropper);
    assertFalse(storage.await(storage.disk.exists(kept.path(Fork.MAIN, 0))));
  }

  @Test
  void aCrashEndsWhatWasRunningAndCleansUpAfterIt() {
    Xact done = one.begin();
    final long committed = done.xid();
    one.commit(done);
    Xact open = two.begin();
    RelFileLocator orphan = new RelFileLocator(5, transactions().nextRelNumber());
    storage.run(() -> storage.shared.storage().create(open, orphan));
    final long running = open.xidIfAny();
    storage.await(storage.shared.checkpoint(CheckpointRequest.requested()));
    StorageFixture after = new StorageFixture(StorageFixture.config(32), storage.disk.copy());
    Transactions next = after.shared.transactions();
    assertEquals(XidStatus.COMMITTED, after.run(() -> next.clog().status(committed)));
    assertEquals(XidStatus.IN_PROGRESS, after.run(() -> next.clog().status(running)));
    assertFalse(next.isRunning(running));
    assertTrue(next.nextXid() > running);
    assertTrue(next.nextRelNumber() > orphan.relNumber());
    assertFalse(after.await(after.disk.exists(orphan.path(Fork.MAIN, 0))));
    assertEquals(1, after.events.events(RecoveryEvent.Completed.class).size());
  }

  @Test
  void checkpointsSayWhatTheyDid() {
    Xact xact = one.begin();
    xact.xid();
    one.commit(xact);
    storage.events.clear();
    CheckpointReport report =
        storage.await(storage.shared.checkpoint(CheckpointRequest.requested()));
    assertFalse(report.skipped());
    assertTrue(report.distance() > 0);
    assertTrue(
        report.message("checkpoint").startsWith("checkpoint complete: wrote "),
        report.message("checkpoint"));
    assertEquals(1, count(CheckpointEvent.Started.class));
    assertEquals(1, count(CheckpointEvent.Completed.class));
    assertTrue(storage.await(storage.shared.checkpoint(CheckpointRequest.timed())).skipped());
    assertEquals(1, count(CheckpointEvent.Skipped.class));
  }

  @Test
  void oldSegmentsAreRecycledOrRemoved() {
    int bytes = 0;
    for (int i = 0; i < 12; i++) {
      storage
          .shared
          .wal()
          .begin(Rmgr.XLOG, XlogRecords.NEXT_NUMBERS, 0)
          .data()
          .putLong(20_000)
          .putInt(20_000)
          .putBytes(new byte[1 << 20])
          .insert();
      bytes += 1 << 20;
    }
    storage.await(storage.shared.wal().flushAll());
    int before = storage.await(storage.disk.list("pg_wal")).size();
    CheckpointReport report =
        storage.await(storage.shared.checkpoint(CheckpointRequest.requested()));
    assertTrue(report.distance() >= bytes);
    assertTrue(report.segmentsAdded() >= 11);
    assertTrue(
        report.segmentsRecycled() + report.segmentsRemoved() >= 11, report.message("checkpoint"));
    assertTrue(storage.await(storage.disk.list("pg_wal")).size() <= before + 1);
  }
}
