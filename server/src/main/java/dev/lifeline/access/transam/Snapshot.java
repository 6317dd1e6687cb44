package dev.lifeline.access.transam;

/// Which transactions' effects a statement sees: those that had ended when it was taken, and the
/// transaction's own up to [#curcid].
public final class Snapshot {
  private final long xmin;
  private final long xmax;
  private final long[] running;
  private final int curcid;

  /// @param running xids in progress at or above xmin, subtransactions included, in ascending
  ///   order; not copied, never changed
  Snapshot(long xmin, long xmax, long[] running, int curcid) {
    this.xmin = xmin;
    this.xmax = xmax;
    this.running = running;
    this.curcid = curcid;
  }

  /// All xids below have ended.
  public long xmin() {
    return xmin;
  }

  /// This and all above had not been given out.
  public long xmax() {
    return xmax;
  }

  /// Commands of the own transaction before this one are visible.
  public int curcid() {
    return curcid;
  }

  /// True when the transaction had not ended when the snapshot was taken. It says nothing of the
  /// own transaction ([Xact#isCurrent]) and nothing of how it ended ([Clog]).
  public boolean inProgress(long xid) {
    if (xid < xmin) {
      return false;
    }
    if (xid >= xmax) {
      return true;
    }
    return java.util.Arrays.binarySearch(running, xid) >= 0;
  }

  /// The same snapshot for a later command of the transaction.
  public Snapshot withCommand(int commandId) {
    return commandId == curcid ? this : new Snapshot(xmin, xmax, running, commandId);
  }
}
