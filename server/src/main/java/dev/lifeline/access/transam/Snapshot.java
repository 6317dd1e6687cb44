package dev.lifeline.access.transam;

import dev.lifeline.storage.ipc.RunningXids;

/// Which transactions' effects a statement sees: those that had ended when it was taken, and the
/// transaction's own up to [#curcid].
public final class Snapshot {
  private final RunningXids running;
  private final int curcid;

  Snapshot(RunningXids running, int curcid) {
    this.running = running;
    this.curcid = curcid;
  }

  /// All xids below had ended.
  public long xmin() {
    return running.xmin();
  }

  /// This and all above had not been given out.
  public long xmax() {
    return running.xmax();
  }

  /// Commands of the own transaction before this one are visible.
  public int curcid() {
    return curcid;
  }

  /// True when the transaction had not ended when the snapshot was taken. It says nothing of the
  /// own transaction ([Xact#isCurrent]) and nothing of how it ended ([Clog]).
  public boolean inProgress(long xid) {
    return running.inProgress(xid);
  }

  /// The same snapshot for a later command of the transaction.
  public Snapshot withCommand(int commandId) {
    return commandId == curcid ? this : new Snapshot(running, commandId);
  }

  @Override
  public String toString() {
    return running + " command " + curcid;
  }
}
