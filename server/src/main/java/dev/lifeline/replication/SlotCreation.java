package dev.lifeline.replication;

import dev.lifeline.access.SharedMemory;
import dev.lifeline.access.transam.LogicalRecords;
import dev.lifeline.access.transam.Rmgr;
import dev.lifeline.access.transam.Transactions;
import dev.lifeline.access.transam.WalRecord;
import dev.lifeline.access.transam.WalStream;
import dev.lifeline.events.Lsn;
import dev.lifeline.executor.SessionContext;
import dev.lifeline.storage.ipc.ProcArray;
import dev.lifeline.storage.ipc.RunningXids;
import dev.lifeline.utils.AsyncLoop;
import dev.lifeline.utils.error.PgException;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Finds the point of the WAL from which a new slot tells everything.
///
/// 1. From the slot's restart point on WAL is kept.
/// 2. Transactions that run then may have changed something before: they are waited for. All that
///    begin later are seen whole.
/// 3. The consistent point is where the WAL ends after that. Whoever commits before it is not told,
///    and is what the slot's snapshot sees; whoever commits after it is told.
///
/// The snapshot is made from the WAL, because the process array learns of a commit a little later
/// than the WAL does.
final class SlotCreation {
  private final SharedMemory memory;
  private final SessionContext session;
  private final ReplicationSlot slot;
  private final Transactions transactions;

  /// Transactions that have ended between the restart point and the consistent point.
  private final Set<Long> ended = new HashSet<>();

  private final List<Long> committed = new ArrayList<>();

  SlotCreation(SharedMemory memory, SessionContext session, ReplicationSlot slot) {
    this.memory = memory;
    this.session = session;
    this.slot = slot;
    this.transactions = memory.transactions();
  }

  /// The snapshot that belongs to the slot's consistent point. It holds as long as the session's
  /// xmin does, which must have been set before the slot got its restart point.
  Future<RunningXids> run() {
    // The list of those who run is made anew here: what snapshots share does not name those who
    // have begun since the last one ended, and they may have changed something before.
    long first = transactions.nextXid();
    List<ProcArray.Running> running = transactions.procs().running();
    sayInitialPoint(running);
    return awaitEnds(running)
        .compose(ignored -> {
          long consistent = memory.wal().insertLsn();
          long xmax = transactions.nextXid();
          return session
              .interruptible(memory.wal().flush(consistent))
              .compose(flushed -> read(consistent))
              .compose(read -> awaitVisible())
              .map(visible -> {
                slot.consistentAt(consistent);
                session.notice(
                    PgException.log(
                            "logical decoding found consistent point at %s", Lsn.format(consistent))
                        .detail("There are no running transactions."));
                return snapshot(first, xmax);
              });
        });
  }

  /// Says who is waited for, if anybody is.
  private void sayInitialPoint(List<ProcArray.Running> running) {
    long own = session.xact().topXidIfAny();
    long others = running.stream().filter(each -> each.xid() != own).count();
    if (others > 0) {
      session.notice(
          PgException.log(
                  "logical decoding found initial starting point at %s",
                  Lsn.format(slot.restartLsn()))
              .detail(
                  "Waiting for transactions (approximately %d) older than %d to end.",
                  others, transactions.nextXid()));
    }
  }

  private Future<Void> awaitEnds(List<ProcArray.Running> running) {
    long own = session.xact().topXidIfAny();
    Future<Void> done = Future.succeededFuture();
    for (ProcArray.Running each : running) {
      if (each.xid() != own) {
        done = done.compose(ignored -> session.interruptible(transactions.xidEnd(each.xid())));
      }
    }
    return done;
  }

  /// Reads which transactions have ended.
  private Future<Void> read(long until) {
    WalStream stream = new WalStream(memory, slot.restartLsn());
    return AsyncLoop.whileTrue(
            () -> {
              while (stream.position() < until) {
                WalRecord record = stream.next();
                if (record == null) {
                  return session.interruptible(stream.more()).map(true);
                }
                if (record.endLsn() <= until && record.rmgr() == Rmgr.XACT) {
                  note(record);
                }
              }
              return Future.succeededFuture(false);
            })
        .eventually(stream::close);
  }

  private void note(WalRecord record) {
    LogicalRecords.End end = LogicalRecords.end(record);
    ended.add(record.xid());
    ended.addAll(end.subXids());
    if (end.commit()) {
      committed.add(record.xid());
    }
  }

  /// Who has committed must be known to have, before anybody looks with the snapshot.
  private Future<Void> awaitVisible() {
    Future<Void> done = Future.succeededFuture();
    for (long xid : committed) {
      if (transactions.isRunning(xid)) {
        done = done.compose(ignored -> session.interruptible(transactions.xidEnd(xid)));
      }
    }
    return done;
  }

  private RunningXids snapshot(long first, long xmax) {
    List<Long> running = new ArrayList<>();
    for (long xid = first; xid < xmax; xid++) {
      if (!ended.contains(xid)) {
        running.add(xid);
      }
    }
    return RunningXids.of(xmax, running.stream().mapToLong(xid -> xid).toArray());
  }
}
