package dev.lifeline.storage.lmgr;

import dev.lifeline.events.Subject;
import dev.lifeline.utils.Timers;
import dev.lifeline.utils.error.PgException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// A session's part in the lock table: what it holds, and what it waits for.
///
/// It belongs to the session's event loop, which alone calls the methods of [LockManager] with it.
/// Other sessions reach into it in two ways: one that wants a strong lock moves its fast-path
/// entries into the shared table (under the latch of this object), and one that releases a lock
/// grants its wait (under the latch of the lock manager, which is always taken first).
public final class LockOwner {
  private static final int FAST_PATH_INITIAL = 16;

  /// A session that touches more relations than this uses the shared table for the others.
  private static final int FAST_PATH_MAX = 128;

  private final int pid;
  private final Subject subject;
  private final Timers timers;
  private long deadlockTimeoutMs = 1000;
  private long lockTimeoutMs;
  private volatile @Nullable Consumer<PgException> waitLog;
  private volatile Supplier<String> statement = () -> "<backend information not available>";

  // Weak relation locks: database and relation oid in one number, and the modes' bits. Guarded by
  // this.
  private long[] fastRelations = new long[FAST_PATH_INITIAL];
  private int[] fastModes = new int[FAST_PATH_INITIAL];
  private int fastCount;

  /// What the transaction has acquired, in that order, for [LockManager#releaseTo]. Belongs to the
  /// session's loop.
  final List<Acquisition> acquired = new ArrayList<>();

  /// Entries in the shared table; guarded by the lock manager's latch.
  final Map<LockTag, Holding> held = new HashMap<>();

  /// True while `held` may have entries of the transaction or there is a wait; written under the
  /// lock manager's latch.
  volatile boolean inTable;

  volatile @Nullable LockWait wait;

  private volatile @Nullable LongConsumer whenInTheWay;

  /// What a wait has brought and the session has not asked for again yet. Guarded by the lock
  /// manager's latch.
  @Nullable Grant unclaimed;

  LockOwner(int pid, Subject subject, Timers timers) {
    this.pid = pid;
    this.subject = subject;
    this.timers = timers;
  }

  /// One first-time acquisition: a lock in the shared table, or a fast-path one (`tag` null).
  record Acquisition(@Nullable LockTag tag, long fastRelation, LockMode mode) {}

  /// A lock that was granted to a waiter.
  record Grant(Holding holding, LockMode mode) {}

  public int pid() {
    return pid;
  }

  /// Whom the events of its waits are about.
  public Subject subject() {
    return subject;
  }

  Timers timers() {
    return timers;
  }

  /// The session's `deadlock_timeout`, in milliseconds.
  public void deadlockTimeout(long millis) {
    this.deadlockTimeoutMs = millis;
  }

  /// The session's `lock_timeout`, in milliseconds; 0 waits for ever.
  public void lockTimeout(long millis) {
    this.lockTimeoutMs = millis;
  }

  /// Says what is to be done when the owner holds a lock that another one has waited for as long as
  /// `deadlock_timeout`: how autovacuum makes way.
  ///
  /// @param action gets the sequence of the event that tells of the wait; runs on the owner's loop
  public void whenInTheWay(@Nullable LongConsumer action) {
    whenInTheWay = action;
  }

  /// Somebody waits for it.
  void inTheWay(long waitingEvent) {
    LongConsumer action = whenInTheWay;
    if (action != null) {
      timers.execute(() -> action.accept(waitingEvent));
    }
  }

  long deadlockTimeoutMs() {
    return deadlockTimeoutMs;
  }

  long lockTimeoutMs() {
    return lockTimeoutMs;
  }

  /// Where waits that outlast `deadlock_timeout` are logged; null when `log_lock_waits` is off.
  public void logWaits(@Nullable Consumer<PgException> log) {
    this.waitLog = log;
  }

  /// Where the session's statement can be learned, from any thread: who is told of a deadlock wants
  /// to know whose it is.
  public void statement(Supplier<String> running) {
    this.statement = running;
  }

  String statement() {
    return statement.get();
  }

  @Nullable Consumer<PgException> waitLog() {
    return waitLog;
  }

  /// What the session does while it waits for another transaction: the context of an error that
  /// ends this wait.
  ///
  /// @param relation that has the row
  public void waitContext(String context, String relation) {
    LockWait current = wait;
    if (current != null && current.entry.tag.type() == LockTag.Type.TRANSACTION) {
      current.context = context;
      current.relname = relation;
    }
  }

  /// How the relation is called whose lock the session waits for.
  public void waitRelation(String relation) {
    LockWait current = wait;
    if (current != null) {
      current.relname = relation;
    }
  }

  /// Whether the session waits for a lock now. May be asked from any thread.
  public boolean waiting() {
    return wait != null;
  }

  static long fastRelation(int database, int relation) {
    return (long) database << 32 | Integer.toUnsignedLong(relation);
  }

  static LockTag fastTag(long fastRelation) {
    return LockTag.relation((int) (fastRelation >>> 32), (int) fastRelation);
  }

  private int fastIndex(long relation) {
    for (int i = 0; i < fastCount; i++) {
      if (fastRelations[i] == relation) {
        return i;
      }
    }
    return -1;
  }

  /// Whether the fast path holds the mode on the relation. Only this session's loop asks.
  synchronized boolean holdsFast(long relation, LockMode mode) {
    int i = fastIndex(relation);
    return i >= 0 && (fastModes[i] & mode.bit()) != 0;
  }

  /// Adds an entry. The caller holds the latch of this object.
  ///
  /// @return false when there is no room
  boolean addFast(long relation, LockMode mode) {
    int i = fastIndex(relation);
    if (i >= 0) {
      fastModes[i] |= mode.bit();
      return true;
    }
    if (fastCount == FAST_PATH_MAX) {
      return false;
    }
    if (fastCount == fastRelations.length) {
      fastRelations = Arrays.copyOf(fastRelations, fastCount * 2);
      fastModes = Arrays.copyOf(fastModes, fastCount * 2);
    }
    fastRelations[fastCount] = relation;
    fastModes[fastCount++] = mode.bit();
    return true;
  }

  /// Takes a relation's entry out and returns its modes' bits, 0 when there is none. The caller
  /// holds the latch of this object.
  int takeFast(long relation) {
    int i = fastIndex(relation);
    if (i < 0) {
      return 0;
    }
    int modes = fastModes[i];
    fastCount--;
    fastRelations[i] = fastRelations[fastCount];
    fastModes[i] = fastModes[fastCount];
    return modes;
  }

  /// Gives up one mode on a relation.
  ///
  /// @return false when it is not in the fast path (any more)
  synchronized boolean dropFast(long relation, LockMode mode) {
    int i = fastIndex(relation);
    if (i < 0 || (fastModes[i] & mode.bit()) == 0) {
      return false;
    }
    fastModes[i] &= ~mode.bit();
    if (fastModes[i] == 0) {
      takeFast(relation);
    }
    return true;
  }

  /// Empties the fast path.
  ///
  /// @return whether there may be locks of the transaction in the shared table
  synchronized boolean clearFast() {
    fastCount = 0;
    return inTable;
  }

  synchronized void listFast(List<LockInfo> into) {
    for (int i = 0; i < fastCount; i++) {
      for (int m = 0; m < 8; m++) {
        if ((fastModes[i] & 1 << m) != 0) {
          into.add(LockInfo.granted(fastTag(fastRelations[i]), this, LockMode.of(m), true));
        }
      }
    }
  }
}
