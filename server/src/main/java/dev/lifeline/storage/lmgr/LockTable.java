package dev.lifeline.storage.lmgr;

import dev.lifeline.events.Emitter;
import dev.lifeline.events.LockEvent;
import dev.lifeline.events.LockEvent.DeadlockEdge;
import dev.lifeline.utils.Clock;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// The shared table of the lock manager: locks, their holders and their queues.
///
/// Every method takes the one latch of the table (this object's monitor), so that the deadlock
/// detector sees all waits at one instant. It is held for table work only; waits are ended on the
/// waiter's own event loop.
final class LockTable {
  private static final long NANOS_PER_MS = 1_000_000;

  private final Clock clock;
  private final Emitter emitter;

  /// Told when a strong mode on a relation is no longer held or waited for.
  private final Consumer<LockTag> strongEnded;

  private final Map<LockTag, LockEntry> entries = new HashMap<>();

  LockTable(Clock clock, Emitter emitter, Consumer<LockTag> strongEnded) {
    this.clock = clock;
    this.emitter = emitter;
    this.strongEnded = strongEnded;
  }

  /// What can become of a request.
  enum Answer {
    /// The owner has the mode now, and had it not before.
    GRANTED,
    /// The owner had the mode already.
    HELD,
    /// It is in the queue.
    QUEUED,
    /// It would have to wait and must not.
    REFUSED,
    /// It would have to wait for somebody who waits for the owner because of this very lock.
    DEADLOCK
  }

  /// What became of a request.
  ///
  /// @param queued the place in the queue, where there is one
  /// @param failure what a deadlock is reported with
  record Outcome(Answer answer, @Nullable LockWait queued, @Nullable PgException failure) {
    static final Outcome GRANTED = new Outcome(Answer.GRANTED, null, null);
    static final Outcome HELD = new Outcome(Answer.HELD, null, null);
    static final Outcome REFUSED = new Outcome(Answer.REFUSED, null, null);
  }

  /// Moves an owner's fast-path entry of a relation into the table.
  synchronized void transferFast(LockOwner owner, long relation, LockTag tag) {
    synchronized (owner) {
      int modes = owner.takeFast(relation);
      if (modes != 0) {
        holding(entry(tag), owner).transactionModes |= modes;
        owner.inTable = true;
      }
    }
  }

  private LockEntry entry(LockTag tag) {
    return entries.computeIfAbsent(tag, LockEntry::new);
  }

  private static Holding holding(LockEntry entry, LockOwner owner) {
    Holding holding = owner.held.get(entry.tag);
    if (holding == null) {
      holding = new Holding(entry, owner);
      owner.held.put(entry.tag, holding);
      entry.holdings.add(holding);
    }
    return holding;
  }

  synchronized Outcome request(
      LockOwner owner, LockTag tag, LockMode mode, boolean session, boolean mayWait) {
    if (owner.wait != null) {
      throw new IllegalStateException("backend " + owner.pid() + " waits for a lock already");
    }
    LockEntry entry = entry(tag);
    Holding held = owner.held.get(tag);
    if (held != null && (held.modes() & mode.bit()) != 0) {
      return again(owner, held, mode, session);
    }
    int place = entry.placeFor(owner, mode, held == null ? 0 : held.modes());
    if (place < 0) {
      grant(entry, owner, mode, session);
      if (!session) {
        owner.acquired.add(new LockOwner.Acquisition(tag, 0, mode));
      }
      return Outcome.GRANTED;
    }
    if (!mayWait) {
      dropIfEmpty(entry);
      return Outcome.REFUSED;
    }
    LockWait crossing = held == null ? null : entry.crossing(mode, held.modes());
    if (crossing != null) {
      return new Outcome(Answer.DEADLOCK, null, deadlock(owner, mode, crossing));
    }
    return new Outcome(Answer.QUEUED, enqueue(entry, place, owner, mode, session), null);
  }

  /// The owner has the mode already: from before, or because its wait for it has just been granted.
  private static Outcome again(LockOwner owner, Holding held, LockMode mode, boolean session) {
    LockOwner.Grant granted = owner.unclaimed;
    if (granted != null && granted.holding() == held && granted.mode() == mode) {
      owner.unclaimed = null;
      if (!session) {
        owner.acquired.add(new LockOwner.Acquisition(held.entry.tag, 0, mode));
      }
      return Outcome.HELD;
    }
    if (session) {
      boolean first = (held.sessionModes() & mode.bit()) == 0;
      held.addSession(mode);
      return first ? Outcome.GRANTED : Outcome.HELD;
    }
    if ((held.transactionModes & mode.bit()) == 0) {
      held.transactionModes |= mode.bit();
      owner.inTable = true;
      owner.acquired.add(new LockOwner.Acquisition(held.entry.tag, 0, mode));
      return Outcome.GRANTED;
    }
    return Outcome.HELD;
  }

  private static Holding grant(LockEntry entry, LockOwner owner, LockMode mode, boolean session) {
    Holding holding = holding(entry, owner);
    if (session) {
      holding.addSession(mode);
    } else {
      holding.transactionModes |= mode.bit();
    }
    owner.inTable = true;
    return holding;
  }

  private LockWait enqueue(
      LockEntry entry, int place, LockOwner owner, LockMode mode, boolean session) {
    LockWait wait =
        new LockWait(entry, owner, mode, session, clock.nanoTime(), clock.epochMicros());
    entry.queue.add(place, wait);
    owner.wait = wait;
    owner.inTable = true;
    wait.deadlockTimer =
        owner
            .timers()
            .schedule(owner.deadlockTimeoutMs() * NANOS_PER_MS, () -> deadlockTimeout(wait));
    if (owner.lockTimeoutMs() > 0) {
      wait.timeoutTimer =
          owner.timers().schedule(owner.lockTimeoutMs() * NANOS_PER_MS, () -> lockTimeout(wait));
    }
    return wait;
  }

  /// A place in the queue for a transaction's end.
  ///
  /// @param first whether nobody has waited for it before, so that its end is not watched yet
  record XidWait(LockWait queued, boolean first) {}

  /// Puts a waiter into the queue for a transaction's end. The holder's own lock on its xid exists
  /// only while somebody waits.
  synchronized XidWait awaitXid(LockOwner owner, LockOwner holder, long xid) {
    LockEntry entry = entry(LockTag.transaction(xid));
    boolean first = entry.holdings.isEmpty();
    if (first) {
      Holding holding = new Holding(entry, holder);
      holding.transactionModes = LockMode.EXCLUSIVE.bit();
      entry.holdings.add(holding);
    }
    LockWait wait = enqueue(entry, entry.queue.size(), owner, LockMode.SHARE, false);
    return new XidWait(wait, first);
  }

  /// The transaction is over: those who wait for it go on.
  synchronized void xidEnded(long xid) {
    LockEntry entry = entries.remove(LockTag.transaction(xid));
    if (entry != null) {
      for (LockWait waiter : entry.queue) {
        end(waiter, null);
      }
      entry.holdings.clear();
      entry.queue.clear();
    }
  }

  synchronized void unlock(LockOwner owner, LockTag tag, LockMode mode) {
    Holding holding = owner.held.get(tag);
    if (holding != null && (holding.transactionModes & mode.bit()) != 0) {
      holding.transactionModes &= ~mode.bit();
      modesEnded(holding, mode.bit());
    }
  }

  synchronized boolean unlockSession(LockOwner owner, LockTag tag, LockMode mode) {
    Holding holding = owner.held.get(tag);
    int before = holding == null ? 0 : holding.sessionModes();
    if (holding == null || !holding.removeSession(mode)) {
      return false;
    }
    modesEnded(holding, before & ~holding.sessionModes());
    return true;
  }

  synchronized void releaseSession(LockOwner owner, Predicate<LockTag> which) {
    for (Holding holding : List.copyOf(owner.held.values())) {
      if (!which.test(holding.entry.tag)) {
        continue;
      }
      int modes = holding.sessionModes();
      holding.clearSession();
      modesEnded(holding, modes);
    }
  }

  synchronized void releaseTransaction(LockOwner owner) {
    forgetWait(owner);
    for (Holding holding : List.copyOf(owner.held.values())) {
      int modes = holding.transactionModes;
      holding.transactionModes = 0;
      modesEnded(holding, modes);
    }
    owner.inTable = !owner.held.isEmpty();
  }

  /// Takes the owner out of its queue without a word: its statement is over.
  synchronized void forgetWait(LockOwner owner) {
    owner.unclaimed = null;
    LockWait wait = owner.wait;
    if (wait != null) {
      leaveQueue(wait);
    }
  }

  private void modesEnded(Holding holding, int modes) {
    LockEntry entry = holding.entry;
    if (holding.modes() == 0) {
      entry.holdings.remove(holding);
      holding.owner.held.remove(entry.tag);
    }
    if (entry.tag.type() == LockTag.Type.RELATION) {
      for (int m = 0; m < 8; m++) {
        if ((modes & 1 << m) != 0 && LockMode.of(m).strong()) {
          strongEnded.accept(entry.tag);
        }
      }
    }
    if (modes != 0) {
      wake(entry);
    }
  }

  /// Grants what can be granted, in the queue's order.
  private void wake(LockEntry entry) {
    int ahead = 0;
    for (LockWait waiter : List.copyOf(entry.queue)) {
      if ((waiter.mode.conflicts() & ahead) != 0 || entry.heldAgainst(waiter.owner, waiter.mode)) {
        ahead |= waiter.mode.bit();
        continue;
      }
      entry.queue.remove(waiter);
      Holding holding = grant(entry, waiter.owner, waiter.mode, waiter.session);
      waiter.owner.unclaimed = new LockOwner.Grant(holding, waiter.mode);
      end(waiter, null);
    }
    dropIfEmpty(entry);
  }

  private void dropIfEmpty(LockEntry entry) {
    if (entry.empty()) {
      entries.remove(entry.tag, entry);
    }
  }

  /// Marks a wait as over and tells the waiter on its own loop.
  private void end(LockWait wait, @Nullable PgException failure) {
    wait.over = true;
    wait.owner.wait = null;
    String context = wait.context;
    if (failure != null && context != null && failure.context() == null) {
      failure.context(context);
    }
    wait.owner.timers().execute(() -> tell(wait, failure));
  }

  private void tell(LockWait wait, @Nullable PgException failure) {
    wait.cancelTimers();
    if (failure != null) {
      wait.promise.tryFail(failure);
      return;
    }
    if (wait.announced) {
      LockWaitLog.acquired(wait, clock.nanoTime());
      emitter.emit(
          wait.owner.subject(),
          new LockEvent.Acquired(
              wait.mode.pgName(),
              wait.entry.tag.type().pgName(),
              wait.entry.tag.describe(),
              wait.waitedMs(clock.nanoTime()),
              wait.relname),
          wait.waitingEvent);
    }
    wait.promise.tryComplete();
  }

  /// Out of the queue; those behind may go on.
  private void leaveQueue(LockWait wait) {
    LockEntry entry = wait.entry;
    wait.over = true;
    wait.owner.wait = null;
    wait.owner.timers().execute(wait::cancelTimers);
    entry.queue.remove(wait);
    if (entry.tag.type() == LockTag.Type.RELATION && wait.mode.strong()) {
      strongEnded.accept(entry.tag);
    }
    // A transaction's entry stays until it ends: its end is watched.
    if (entry.tag.type() != LockTag.Type.TRANSACTION) {
      wake(entry);
    }
  }

  synchronized boolean cancelWait(LockOwner owner, PgException reason) {
    LockWait wait = owner.wait;
    if (wait == null) {
      return false;
    }
    giveUp(wait, reason);
    return true;
  }

  private void giveUp(LockWait wait, PgException reason) {
    leaveQueue(wait);
    end(wait, reason);
    emitter.emit(
        wait.owner.subject(),
        new LockEvent.WaitCancelled(
            wait.mode.pgName(),
            wait.entry.tag.type().pgName(),
            wait.entry.tag.describe(),
            reason.sqlState().code(),
            wait.waitedMs(clock.nanoTime()),
            wait.relname),
        wait.waitingEvent);
  }

  private synchronized void lockTimeout(LockWait wait) {
    if (!wait.over) {
      giveUp(
          wait,
          PgException.error(
              SqlState.LOCK_NOT_AVAILABLE, "canceling statement due to lock timeout"));
    }
  }

  private synchronized void deadlockTimeout(LockWait wait) {
    if (wait.over) {
      return;
    }
    Set<LockEntry> reordered = new LinkedHashSet<>();
    List<DeadlockDetector.Arrow> cycle = DeadlockDetector.check(wait, reordered);
    if (!cycle.isEmpty()) {
      breakDeadlock(wait, cycle);
      return;
    }
    if (!reordered.isEmpty()) {
      LockWaitLog.rearranged(wait, clock.nanoTime());
    }
    reordered.forEach(this::wake);
    if (!wait.over) {
      LockWaitLog.waiting(wait, clock.nanoTime());
      wait.announced = true;
      wait.waitingEvent =
          emitter.emit(
              wait.owner.subject(),
              new LockEvent.Waiting(
                  wait.mode.pgName(),
                  wait.entry.tag.type().pgName(),
                  wait.entry.tag.describe(),
                  wait.entry.blockersOf(wait),
                  wait.relname));
      for (Holding holding : wait.entry.holdings) {
        if (holding.owner != wait.owner && (holding.modes() & wait.mode.conflicts()) != 0) {
          holding.owner.inTheWay(wait.waitingEvent);
        }
      }
    }
  }

  /// The shortest deadlock is seen before anybody waits.
  private PgException deadlock(LockOwner owner, LockMode mode, LockWait crossing) {
    LockTag tag = crossing.entry.tag;
    List<DeadlockEdge> cycle =
        List.of(
            new DeadlockEdge(owner.pid(), mode.pgName(), tag.describe(), crossing.owner.pid()),
            new DeadlockEdge(
                crossing.owner.pid(), crossing.mode.pgName(), tag.describe(), owner.pid()));
    emitter.emit(
        owner.subject(),
        new LockEvent.DeadlockDetected(
            mode.pgName(), tag.type().pgName(), tag.describe(), cycle, 0, crossing.relname));
    return deadlockError(cycle, List.of(owner, crossing.owner));
  }

  private void breakDeadlock(LockWait wait, List<DeadlockDetector.Arrow> circle) {
    List<DeadlockEdge> cycle = circle.stream().map(DeadlockDetector.Arrow::edge).toList();
    leaveQueue(wait);
    LockWaitLog.deadlock(wait, clock.nanoTime());
    end(wait, deadlockError(cycle, circle.stream().map(arrow -> arrow.waiter().owner).toList()));
    emitter.emit(
        wait.owner.subject(),
        new LockEvent.DeadlockDetected(
            wait.mode.pgName(),
            wait.entry.tag.type().pgName(),
            wait.entry.tag.describe(),
            cycle,
            wait.waitedMs(clock.nanoTime()),
            wait.relname));
  }

  /// The client is not told what others do; the log is.
  private static PgException deadlockError(List<DeadlockEdge> cycle, List<LockOwner> waiters) {
    StringBuilder detail = new StringBuilder();
    for (DeadlockEdge edge : cycle) {
      detail
          .append(detail.isEmpty() ? "" : "\n")
          .append("Process ")
          .append(edge.pid())
          .append(" waits for ")
          .append(edge.mode())
          .append(" on ")
          .append(edge.target())
          .append("; blocked by process ")
          .append(edge.blockedByPid())
          .append('.');
    }
    StringBuilder more = new StringBuilder(detail);
    for (LockOwner waiter : waiters) {
      more.append("\nProcess ").append(waiter.pid()).append(": ").append(waiter.statement());
    }
    return PgException.error(SqlState.T_R_DEADLOCK_DETECTED, "deadlock detected")
        .detail("%s", detail)
        .logDetail(more.toString())
        .hint("See server log for query details.");
  }

  synchronized boolean holds(LockOwner owner, LockTag tag, LockMode mode) {
    Holding holding = owner.held.get(tag);
    return holding != null && (holding.modes() & mode.bit()) != 0;
  }

  synchronized List<Integer> blockers(LockOwner owner) {
    LockWait wait = owner.wait;
    return wait == null ? List.of() : wait.entry.blockersOf(wait);
  }

  /// What the transaction holds and what the session holds are rows of their own.
  private static void list(Holding holding, List<LockInfo> rows) {
    for (int modes : new int[] {holding.transactionModes, holding.sessionModes()}) {
      for (int m = 0; m < 8; m++) {
        if ((modes & 1 << m) != 0) {
          rows.add(LockInfo.granted(holding.entry.tag, holding.owner, LockMode.of(m), false));
        }
      }
    }
  }

  /// Adds what is held and waited for here. That a transaction holds its own xid is known
  /// elsewhere.
  synchronized void list(List<LockInfo> into) {
    for (LockEntry entry : entries.values()) {
      List<LockInfo> rows = new ArrayList<>();
      if (entry.tag.type() != LockTag.Type.TRANSACTION) {
        entry.holdings.forEach(holding -> list(holding, rows));
      }
      for (LockWait wait : entry.queue) {
        rows.add(LockInfo.waiting(wait));
      }
      into.addAll(rows);
    }
  }
}
