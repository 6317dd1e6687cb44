package dev.lifeline.access.transam;

import dev.lifeline.storage.page.PageLayout;
import dev.lifeline.storage.smgr.RelFileLocator;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/// The content of a checkpoint's record: where redo begins, and what it could not know otherwise.
///
/// @param timeline that the WAL goes on with
/// @param previousTimeline the one before, where this checkpoint begins a new one
/// @param uncommitted relations that are to be deleted unless redo finds their commit
record CheckpointRecord(
    long redoLsn,
    long timeMicros,
    long nextXid,
    long nextRelNumber,
    int nextOid,
    long oldestXid,
    int timeline,
    int previousTimeline,
    List<RelationStorage.Uncommitted> uncommitted) {

  void put(WalRecordBuilder to) {
    to.data()
        .putLong(redoLsn)
        .putLong(timeMicros)
        .putLong(nextXid)
        .putLong(nextRelNumber)
        .putLong(oldestXid)
        .putInt(nextOid)
        .putInt(uncommitted.size())
        .putInt(timeline)
        .putInt(previousTimeline);
    for (RelationStorage.Uncommitted each : uncommitted) {
      to.putInt(each.rel().dbOid()).putLong(each.rel().relNumber()).putLong(each.xid());
    }
  }

  static CheckpointRecord parse(WalRecord record) {
    MemorySegment m = record.memory();
    long at = record.dataOffset();
    int count = m.get(PageLayout.INT, at + 44);
    List<RelationStorage.Uncommitted> uncommitted = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      long each = at + 56 + i * 20L;
      RelFileLocator rel =
          new RelFileLocator(m.get(PageLayout.INT, each), m.get(PageLayout.LONG, each + 4));
      uncommitted.add(new RelationStorage.Uncommitted(rel, m.get(PageLayout.LONG, each + 12)));
    }
    return new CheckpointRecord(
        m.get(PageLayout.LONG, at),
        m.get(PageLayout.LONG, at + 8),
        m.get(PageLayout.LONG, at + 16),
        m.get(PageLayout.LONG, at + 24),
        m.get(PageLayout.INT, at + 40),
        m.get(PageLayout.LONG, at + 32),
        m.get(PageLayout.INT, at + 48),
        m.get(PageLayout.INT, at + 52),
        uncommitted);
  }
}
