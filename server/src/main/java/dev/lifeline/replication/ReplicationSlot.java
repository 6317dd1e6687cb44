package dev.lifeline.replication;

import dev.lifeline.replication.logical.SlotStatistics;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/// A client's place in the WAL, which survives its connection and, if it is permanent, the server.
///
/// 1. WAL from [#restartLsn] on is kept. It is what the disk says: it moves only after a new place
///    was saved.
/// 2. Everything before [#confirmedFlush] was taken by the client: it is never told again.
///
/// Guarded by its own monitor: its owner and checkpoints change it.
public final class ReplicationSlot {
  /// Places noted ahead of the client's confirmation.
  private static final int CANDIDATES_MAX = 64;

  private final String name;
  private final String plugin;
  private final int databaseOid;
  private final boolean temporary;
  private final SlotStatistics statistics = new SlotStatistics();
  private final ArrayDeque<Candidate> candidates = new ArrayDeque<>();

  private long restartLsn;

  /// What the file on the disk says: older WAL may go.
  private long savedRestartLsn;

  private long confirmedFlush;
  private int activePid;
  private boolean dirty = true;
  private boolean lost;

  /// When the client has taken everything up to a point, decoding can begin again at another.
  private record Candidate(long takenLsn, long restartLsn) {}

  ReplicationSlot(
      String name,
      String plugin,
      int databaseOid,
      boolean temporary,
      long restartLsn,
      long confirmedFlush) {
    this.name = name;
    this.plugin = plugin;
    this.databaseOid = databaseOid;
    this.temporary = temporary;
    this.restartLsn = restartLsn;
    this.savedRestartLsn = restartLsn;
    this.confirmedFlush = confirmedFlush;
  }

  public String name() {
    return name;
  }

  public String plugin() {
    return plugin;
  }

  public int databaseOid() {
    return databaseOid;
  }

  public boolean temporary() {
    return temporary;
  }

  public SlotStatistics statistics() {
    return statistics;
  }

  /// Where its files are.
  public String directory() {
    return ReplicationSlots.DIRECTORY + "/" + name;
  }

  public synchronized long restartLsn() {
    return restartLsn;
  }

  public synchronized long confirmedFlush() {
    return confirmedFlush;
  }

  synchronized long keepFrom() {
    return lost ? Long.MAX_VALUE : Math.min(restartLsn, savedRestartLsn);
  }

  /// Whether WAL that it needs is gone.
  public synchronized boolean isLost() {
    return lost;
  }

  synchronized void lose() {
    lost = true;
    dirty = true;
  }

  /// The process that uses it; 0 for none.
  public synchronized int activePid() {
    return activePid;
  }

  /// Takes it for a process.
  ///
  /// @return the process that has it already; 0 where it was free
  synchronized int acquire(int pid) {
    if (activePid != 0 && !(temporary && activePid == pid)) {
      return activePid;
    }
    activePid = pid;
    return 0;
  }

  public synchronized void release() {
    // A temporary one stays with its session.
    activePid = temporary ? activePid : 0;
    candidates.clear();
  }

  /// The point from which everything is told: the end of its creation.
  synchronized void consistentAt(long lsn) {
    confirmedFlush = lsn;
    dirty = true;
  }

  /// Decoding has come to a point, and could begin again at another.
  public synchronized void reached(long lsn, long restart) {
    Candidate last = candidates.peekLast();
    if (restart <= restartLsn || (last != null && restart <= last.restartLsn)) {
      return;
    }
    if (candidates.size() >= CANDIDATES_MAX) {
      candidates.removeLast();
    }
    candidates.addLast(new Candidate(lsn, restart));
  }

  /// The client has taken everything before this point for good.
  public synchronized void confirm(long lsn) {
    if (lsn > confirmedFlush) {
      confirmedFlush = lsn;
      dirty = true;
    }
    while (!candidates.isEmpty() && candidates.getFirst().takenLsn <= confirmedFlush) {
      restartLsn = Math.max(restartLsn, candidates.removeFirst().restartLsn);
      dirty = true;
    }
  }

  /// What its file is to say.
  record State(
      String name, String plugin, int databaseOid, long restart, long confirmed, boolean lost) {}

  /// Null where the disk knows already.
  synchronized @Nullable State takeDirty() {
    if (!dirty) {
      return null;
    }
    dirty = false;
    return new State(name, plugin, databaseOid, restartLsn, confirmedFlush, lost);
  }

  synchronized void saved(State state) {
    savedRestartLsn = Math.max(savedRestartLsn, state.restart());
  }

  synchronized void notSaved() {
    dirty = true;
  }
}
