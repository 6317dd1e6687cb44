package dev.lifeline.replication.logical;

import dev.lifeline.access.transam.LogicalRecords;
import dev.lifeline.storage.smgr.RelFileLocator;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A transaction on its way through decoding: its changes with those of its subtransactions, in the
/// order of the WAL.
public final class DecodedXact {
  private final long xid;
  private final long firstLsn;
  private final List<DecodedTable> tables = new ArrayList<>();
  private final Map<RelFileLocator, Integer> byFile = new HashMap<>();
  private final Map<RelFileLocator, Integer> byToastFile = new HashMap<>();
  private final Set<Long> aborted = new HashSet<>(0);

  private List<Change> changes = new ArrayList<>();
  private long bytes;
  private long spilledBytes;
  private int spills;

  private long commitLsn;
  private long endLsn;
  private long commitTimeMicros;
  private LogicalRecords.@Nullable Origin origin;

  DecodedXact(long xid, long firstLsn) {
    this.xid = xid;
    this.firstLsn = firstLsn;
  }

  public long xid() {
    return xid;
  }

  /// Where its first change is.
  long firstLsn() {
    return firstLsn;
  }

  /// Where its commit record begins.
  public long commitLsn() {
    return commitLsn;
  }

  /// Where its commit record ends.
  public long endLsn() {
    return endLsn;
  }

  /// In microseconds since 1970.
  public long commitTimeMicros() {
    return commitTimeMicros;
  }

  /// Where it was applied from; null for one of this server's own.
  public LogicalRecords.@Nullable Origin origin() {
    return origin;
  }

  void committed(long startLsn, long recordEndLsn, LogicalRecords.End end) {
    commitLsn = startLsn;
    endLsn = recordEndLsn;
    commitTimeMicros = end.timeMicros();
    origin = end.origin();
  }

  /// From here on a table looks like this.
  void describe(DecodedTable table) {
    for (int i = 0; i < tables.size(); i++) {
      if (Arrays.equals(tables.get(i).descriptor(), table.descriptor())) {
        enter(i);
        return;
      }
    }
    tables.add(table);
    enter(tables.size() - 1);
  }

  private void enter(int number) {
    DecodedTable table = tables.get(number);
    byFile.put(table.relation().file(), number);
    var toast = table.relation().toast();
    if (toast != null) {
      byToastFile.put(toast.locator(), number);
    }
  }

  /// The number of the table with this file; -1 for one that is not decoded.
  int tableOf(RelFileLocator file) {
    return byFile.getOrDefault(file, -1);
  }

  boolean isToast(RelFileLocator file) {
    return byToastFile.containsKey(file);
  }

  DecodedTable table(int number) {
    return tables.get(number);
  }

  void add(Change change) {
    changes.add(change);
    bytes += change.size();
  }

  /// The row that was inserted last never was: nothing of this transaction is logged in between.
  ///
  /// @return the bytes that this frees
  long retract() {
    Change last = changes.isEmpty() ? null : changes.removeLast();
    if (last == null || last.kind != Change.Kind.INSERT) {
      throw new IllegalStateException("transaction " + xid + " takes back what it did not insert");
    }
    bytes -= last.size();
    return last.size();
  }

  void abortSub(long subXid) {
    aborted.add(subXid);
  }

  /// Whether the change is of a subtransaction that was rolled back.
  boolean isUndone(Change change) {
    return !aborted.isEmpty() && aborted.contains(change.xid);
  }

  /// Changes in memory.
  List<Change> changes() {
    return changes;
  }

  boolean isEmpty() {
    return changes.isEmpty() && spills == 0;
  }

  /// Bytes in memory.
  long bytes() {
    return bytes;
  }

  long totalBytes() {
    return bytes + spilledBytes;
  }

  /// How many files its first changes are in.
  int spills() {
    return spills;
  }

  /// The changes go into a file; but for a row that was inserted last, as it may be taken back.
  ///
  /// @return what goes there; empty: nothing
  List<Change> takeForSpill() {
    List<Change> taken = changes;
    Change last = taken.getLast();
    changes = new ArrayList<>();
    long kept = 0;
    if (last.kind == Change.Kind.INSERT) {
      changes.add(taken.removeLast());
      kept = last.size();
    }
    if (!taken.isEmpty()) {
      spilledBytes += bytes - kept;
      bytes = kept;
      spills++;
    }
    return taken;
  }
}
