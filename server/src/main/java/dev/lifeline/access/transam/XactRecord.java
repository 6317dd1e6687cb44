package dev.lifeline.access.transam;

import dev.lifeline.storage.page.PageLayout;
import dev.lifeline.storage.smgr.RelFileLocator;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The content of a commit or abort record: when, the subtransactions that share its fate, and the
/// relations whose files go with it; of a replicated transaction also where it came from.
record XactRecord(
    long timeMicros,
    List<Long> subXids,
    List<RelFileLocator> dropped,
    LogicalRecords.@Nullable Origin origin) {
  static void put(
      WalRecordBuilder to, long timeMicros, long[] subXids, List<RelFileLocator> dropped) {
    to.data().putLong(timeMicros).putInt(subXids.length).putInt(dropped.size());
    for (long xid : subXids) {
      to.putLong(xid);
    }
    for (RelFileLocator rel : dropped) {
      to.putInt(rel.dbOid()).putLong(rel.relNumber());
    }
  }

  /// Behind what [#put] has written.
  static void putOrigin(WalRecordBuilder to, LogicalRecords.@Nullable Origin origin) {
    if (origin != null) {
      to.putInt(origin.id()).putLong(origin.remoteLsn()).putLong(origin.timeMicros());
    }
  }

  /// When the transaction of a record ended, without the rest.
  static long timeMicros(WalRecord record) {
    return record.memory().get(PageLayout.LONG, record.dataOffset());
  }

  static XactRecord parse(WalRecord record) {
    MemorySegment m = record.memory();
    long at = record.dataOffset();
    final long time = m.get(PageLayout.LONG, at);
    int subs = m.get(PageLayout.INT, at + 8);
    int rels = m.get(PageLayout.INT, at + 12);
    at += 16;
    List<Long> subXids = new ArrayList<>(subs);
    for (int i = 0; i < subs; i++, at += 8) {
      subXids.add(m.get(PageLayout.LONG, at));
    }
    List<RelFileLocator> dropped = new ArrayList<>(rels);
    for (int i = 0; i < rels; i++, at += 12) {
      dropped.add(new RelFileLocator(m.get(PageLayout.INT, at), m.get(PageLayout.LONG, at + 4)));
    }
    LogicalRecords.Origin origin = null;
    if (at < record.dataOffset() + record.dataLength()) {
      origin =
          new LogicalRecords.Origin(
              m.get(PageLayout.INT, at),
              m.get(PageLayout.LONG, at + 4),
              m.get(PageLayout.LONG, at + 12));
    }
    return new XactRecord(time, subXids, dropped, origin);
  }
}
