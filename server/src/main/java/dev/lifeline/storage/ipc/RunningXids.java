package dev.lifeline.storage.ipc;

import java.util.Arrays;

/// The transactions that were running at one instant. Immutable, and shared by all who ask until
/// some transaction ends.
public final class RunningXids {
  private final long xmin;
  private final long xmax;
  private final long[] running;
  private final long completions;

  RunningXids(long xmax, long[] running, long completions) {
    this.xmax = xmax;
    this.running = running;
    this.xmin = running.length == 0 ? xmax : running[0];
    this.completions = completions;
  }

  /// As they were at some point of the WAL.
  ///
  /// @param xmax the first xid that had not been given out
  /// @param running those that had not ended, ascending
  public static RunningXids of(long xmax, long[] running) {
    return new RunningXids(xmax, running.clone(), -1);
  }

  /// All xids below had ended.
  public long xmin() {
    return xmin;
  }

  /// This and all above had not been given out.
  public long xmax() {
    return xmax;
  }

  /// How many had been given out and had not ended.
  public int count() {
    return running.length;
  }

  /// Whether the xid was running, or had not been given out yet.
  public boolean inProgress(long xid) {
    if (xid < xmin) {
      return false;
    }
    return xid >= xmax || Arrays.binarySearch(running, xid) >= 0;
  }

  /// How many transactions had ended by then: as long as no other has, this is how it is.
  long completions() {
    return completions;
  }

  @Override
  public String toString() {
    return xmin + ":" + xmax + ":" + Arrays.toString(running);
  }
}
