package dev.lifeline.storage.lmgr;

import dev.lifeline.events.Emitter;
import dev.lifeline.events.Subject;
import dev.lifeline.utils.Clock;
import dev.lifeline.utils.NotYet;
import dev.lifeline.utils.Timers;
import dev.lifeline.utils.error.PgException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicIntegerArray;

/// The heavyweight locks of a cluster, shared by all sessions: one for each generation of shared
/// memory.
///
/// A session takes part through the [LockOwner] that [#attach] gives to it, and calls from its own
/// event loop. A lock that is not free throws [NotYet]; when its future has completed, the session
/// calls the same method again, which then finds the lock granted. The future fails, and with it
/// the statement, by `lock_timeout` (55P03), by the deadlock detector (40P01) and by [#cancelWait].
///
/// Weak locks on relations (modes of plain reading and writing) do not touch the shared table: they
/// are noted in the owner as long as nobody wants a strong lock on a relation of the same hash
/// class. Who does counts itself in first and then moves the entries of all owners into the table.
public final class LockManager {
  private static final int HASH_CLASSES = 1024;

  private final LockTable table;
  private final List<LockOwner> owners = new CopyOnWriteArrayList<>();

  /// For each hash class of relations, the strong locks that are held or waited for.
  private final AtomicIntegerArray strongLocks = new AtomicIntegerArray(HASH_CLASSES);

  private volatile XidOwners xidOwners = XidOwners.NONE;

  public LockManager(Clock clock, Emitter emitter) {
    this.table = new LockTable(clock, emitter, this::strongEnded);
  }

  /// Says who knows the running transactions. Called once, when shared memory is set up.
  public void xidOwners(XidOwners who) {
    this.xidOwners = who;
  }

  /// A session begins.
  ///
  /// @param subject whom events about its waits name
  /// @param timers of the session's event loop: waits end there
  public LockOwner attach(int pid, Subject subject, Timers timers) {
    LockOwner owner = new LockOwner(pid, subject, timers);
    owners.add(owner);
    return owner;
  }

  /// The session ends: whatever it still holds is released.
  public void detach(LockOwner owner) {
    releaseAll(owner);
    releaseSession(owner);
    owners.remove(owner);
  }

  private static int hashClass(long relation) {
    return (int) ((relation * 0x9E37_79B9_7F4A_7C15L) >>> 54);
  }

  /// Locks a relation until the transaction ends.
  ///
  /// @throws NotYet when it has to be waited for
  public void lockRelation(LockOwner owner, int database, int relation, LockMode mode) {
    if (!tryFast(owner, database, relation, mode)) {
      lock(owner, LockTag.relation(database, relation), mode);
    }
  }

  /// As [#lockRelation], for NOWAIT: false when it would have to be waited for.
  public boolean tryLockRelation(LockOwner owner, int database, int relation, LockMode mode) {
    return tryFast(owner, database, relation, mode)
        || tryLock(owner, LockTag.relation(database, relation), mode);
  }

  private boolean tryFast(LockOwner owner, int database, int relation, LockMode mode) {
    if (!mode.weak()) {
      return false;
    }
    long key = LockOwner.fastRelation(database, relation);
    synchronized (owner) {
      if (owner.holdsFast(key, mode)) {
        return true;
      }
      if (strongLocks.get(hashClass(key)) != 0 || !owner.addFast(key, mode)) {
        return false;
      }
    }
    owner.acquired.add(new LockOwner.Acquisition(null, key, mode));
    return true;
  }

  /// Locks anything until the transaction ends. What the owner holds already in this mode stays as
  /// it is.
  ///
  /// @throws NotYet when it has to be waited for
  public void lock(LockOwner owner, LockTag tag, LockMode mode) {
    lockOrWait(owner, tag, mode, false);
  }

  /// As [#lock], but where that would wait it returns false.
  public boolean tryLock(LockOwner owner, LockTag tag, LockMode mode) {
    return request(owner, tag, mode, false, false).answer() != LockTable.Answer.REFUSED;
  }

  /// Locks for the session, whatever becomes of the transaction; each call wants an
  /// [#unlockSession] of its own.
  ///
  /// @throws NotYet when it has to be waited for
  public void lockSession(LockOwner owner, LockTag tag, LockMode mode) {
    lockOrWait(owner, tag, mode, true);
  }

  /// As [#lockSession], but where that would wait it returns false.
  public boolean tryLockSession(LockOwner owner, LockTag tag, LockMode mode) {
    return request(owner, tag, mode, true, false).answer() != LockTable.Answer.REFUSED;
  }

  private LockTable.Outcome request(
      LockOwner owner, LockTag tag, LockMode mode, boolean session, boolean mayWait) {
    boolean strong = tag.type() == LockTag.Type.RELATION && mode.strong();
    if (!strong) {
      return table.request(owner, tag, mode, session, mayWait);
    }
    long relation = fastKey(tag);
    strongLocks.incrementAndGet(hashClass(relation));
    for (LockOwner other : owners) {
      table.transferFast(other, relation, tag);
    }
    LockTable.Outcome outcome = table.request(owner, tag, mode, session, mayWait);
    switch (outcome.answer()) {
      case HELD, REFUSED, DEADLOCK -> strongEnded(tag);
      case GRANTED, QUEUED -> {}
    }
    return outcome;
  }

  private void lockOrWait(LockOwner owner, LockTag tag, LockMode mode, boolean session) {
    LockTable.Outcome outcome = request(owner, tag, mode, session, true);
    LockWait wait = outcome.queued();
    if (wait != null) {
      throw new NotYet(wait.promise.future());
    }
    PgException failure = outcome.failure();
    if (failure != null) {
      throw failure;
    }
  }

  private static long fastKey(LockTag tag) {
    return LockOwner.fastRelation(tag.database(), (int) tag.first());
  }

  private void strongEnded(LockTag tag) {
    strongLocks.decrementAndGet(hashClass(fastKey(tag)));
  }

  /// Gives a lock back before the transaction ends. Giving back what is not held does nothing.
  public void unlock(LockOwner owner, LockTag tag, LockMode mode) {
    List<LockOwner.Acquisition> acquired = owner.acquired;
    for (int i = acquired.size() - 1; i >= 0; i--) {
      LockOwner.Acquisition one = acquired.get(i);
      if (one.mode() == mode && tag.equals(tagOf(one))) {
        acquired.remove(i);
        release(owner, one);
        return;
      }
    }
  }

  private static LockTag tagOf(LockOwner.Acquisition one) {
    LockTag tag = one.tag();
    return tag != null ? tag : LockOwner.fastTag(one.fastRelation());
  }

  private void release(LockOwner owner, LockOwner.Acquisition one) {
    if (one.tag() == null && owner.dropFast(one.fastRelation(), one.mode())) {
      return;
    }
    table.unlock(owner, tagOf(one), one.mode());
  }

  /// Gives back one acquisition for the session.
  ///
  /// @return false when the session does not hold it
  public boolean unlockSession(LockOwner owner, LockTag tag, LockMode mode) {
    return table.unlockSession(owner, tag, mode);
  }

  /// Gives back all advisory locks that are held for the session.
  public void releaseAdvisory(LockOwner owner) {
    table.releaseSession(owner, tag -> tag.type() == LockTag.Type.ADVISORY);
  }

  /// Gives back all that is held for the session.
  public void releaseSession(LockOwner owner) {
    table.releaseSession(owner, tag -> true);
  }

  /// Whether the transaction or the session holds the lock in this mode.
  public boolean holds(LockOwner owner, LockTag tag, LockMode mode) {
    return (tag.type() == LockTag.Type.RELATION && owner.holdsFast(fastKey(tag), mode))
        || (owner.inTable && table.holds(owner, tag, mode));
  }

  /// Whether the owner may hold anything in the shared table: false is certain, and cheap to know.
  public boolean mayHoldShared(LockOwner owner) {
    return owner.inTable;
  }

  /// A point in the transaction's acquisitions, for [#releaseTo]: taken when a savepoint is set.
  public int mark(LockOwner owner) {
    return owner.acquired.size();
  }

  /// Gives back what was acquired after the mark: a savepoint was rolled back to.
  public void releaseTo(LockOwner owner, int mark) {
    table.forgetWait(owner);
    List<LockOwner.Acquisition> acquired = owner.acquired;
    while (acquired.size() > mark) {
      release(owner, acquired.removeLast());
    }
  }

  /// The transaction ended: gives back all that it holds, and its place in a queue.
  public void releaseAll(LockOwner owner) {
    boolean more = owner.clearFast();
    owner.acquired.clear();
    if (more) {
      table.releaseTransaction(owner);
    }
  }

  /// Returns when a transaction, or subtransaction, of somebody else is over.
  ///
  /// @throws NotYet while it runs
  public void awaitXid(LockOwner owner, long xid) {
    LockOwner holder = xidOwners.ownerOf(xid);
    if (holder == null || holder == owner) {
      return;
    }
    LockTable.XidWait wait = table.awaitXid(owner, holder, xid);
    if (wait.first()) {
      xidOwners.end(xid).onComplete(ended -> table.xidEnded(xid));
    }
    throw new NotYet(wait.queued().promise.future());
  }

  /// Ends the owner's wait with an error, e.g. 57014 when the statement was cancelled. May be
  /// called from any thread.
  ///
  /// @return false when it does not wait
  public boolean cancelWait(LockOwner owner, PgException reason) {
    return table.cancelWait(owner, reason);
  }

  /// The content of `pg_locks`.
  public List<LockInfo> list() {
    List<LockInfo> all = new ArrayList<>();
    for (LockOwner owner : owners) {
      owner.listFast(all);
    }
    table.list(all);
    xidOwners.forEach((xid, owner) ->
        all.add(LockInfo.granted(LockTag.transaction(xid), owner, LockMode.EXCLUSIVE, false)));
    return all;
  }

  /// What `pg_blocking_pids(pid)` returns.
  public List<Integer> blockingPids(int pid) {
    for (LockOwner owner : owners) {
      if (owner.pid() == pid) {
        LockWait wait = owner.wait;
        if (wait != null
            && wait.entry.tag.type() == LockTag.Type.TRANSACTION
            && xidOwners.ownerOf(wait.entry.tag.first()) == null) {
          // It is over, and the waiter is about to be told.
          return List.of();
        }
        return table.blockers(owner);
      }
    }
    return List.of();
  }
}
