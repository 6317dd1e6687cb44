package dev.lifeline.executor.trigger;

import dev.lifeline.access.transam.Xact;
import dev.lifeline.catalog.ForeignKey;
import dev.lifeline.catalog.Relation;
import dev.lifeline.executor.Storage;
import dev.lifeline.executor.StoredTable;
import dev.lifeline.utils.batch.Batch;
import dev.lifeline.utils.batch.Column;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The triggers of a table: those of the foreign keys by which others refer to it, then those of
/// its own. Immutable, part of a plan. It is told of each changed row and queues what is to be
/// done.
public final class TableTriggers {
  private final StoredTable stored;

  /// Those of the rows that are referred to.
  private final List<RiTrigger> onDelete = new ArrayList<>();

  private final List<RiTrigger> onUpdate = new ArrayList<>();

  /// Those of the rows that refer.
  private final List<RiTrigger> checks = new ArrayList<>();

  private TableTriggers(StoredTable stored, Storage storage) {
    this.stored = stored;
    Relation relation = stored.relation();
    for (ForeignKey key : relation.referencedBy()) {
      onDelete.add(new RiTrigger(key, RiTrigger.Event.DELETE, stored, storage));
      onUpdate.add(new RiTrigger(key, RiTrigger.Event.UPDATE, stored, storage));
    }
    for (ForeignKey key : relation.foreignKeys()) {
      checks.add(new RiTrigger(key, RiTrigger.Event.CHECK, stored, storage));
    }
  }

  /// Those of a table, or null where it has none.
  public static @Nullable TableTriggers of(StoredTable stored, Storage storage) {
    Relation relation = stored.relation();
    return relation.referencedBy().isEmpty() && relation.foreignKeys().isEmpty()
        ? null
        : new TableTriggers(stored, storage);
  }

  /// Whether a column, from 0, must be there when a row is replaced.
  public static boolean reads(Relation relation, int column) {
    return relation.foreignKeys().stream().anyMatch(key -> key.columns().contains(column + 1));
  }

  public void inserted(Xact xact, Batch rows, int row, long tid) {
    for (RiTrigger check : checks) {
      if (needsCheck(check.key(), rows, row)) {
        AfterTriggers.of(xact).queue(check, 0, tid, xact.subId());
      }
    }
  }

  /// A row that refers to nothing need not be checked.
  private static boolean needsCheck(ForeignKey key, Batch rows, int row) {
    boolean full = key.match() == ForeignKey.MATCH_FULL;
    for (int attnum : key.columns()) {
      boolean isNull = rows.column(attnum - 1).isNull(row);
      if (isNull != full) {
        // Simple: one null is enough. Full: one value is enough to be looked at.
        return full;
      }
    }
    return !full;
  }

  public void deleted(Xact xact, long tid) {
    for (RiTrigger trigger : onDelete) {
      AfterTriggers.of(xact).queue(trigger, tid, 0, xact.subId());
    }
  }

  public void updated(
      Xact xact, long oldTid, Batch before, int beforeRow, long newTid, Batch after, int row) {
    for (RiTrigger trigger : onUpdate) {
      List<Integer> columns = trigger.key().referencedColumns();
      if (!anyNull(columns, before, beforeRow) && !same(columns, before, beforeRow, after, row)) {
        AfterTriggers.of(xact).queue(trigger, oldTid, newTid, xact.subId());
      }
    }
    for (RiTrigger check : checks) {
      if (!needsCheck(check.key(), after, row)) {
        continue;
      }
      // A check of the old version that has not happened yet will find it gone, and do nothing.
      AfterTriggers pending = AfterTriggers.existing(xact);
      if ((pending != null && pending.hasPending())
          || !same(check.key().columns(), before, beforeRow, after, row)) {
        AfterTriggers.of(xact).queue(check, oldTid, newTid, xact.subId());
      }
    }
  }

  private static boolean anyNull(List<Integer> columns, Batch rows, int row) {
    for (int attnum : columns) {
      if (rows.column(attnum - 1).isNull(row)) {
        return true;
      }
    }
    return false;
  }

  private boolean same(List<Integer> columns, Batch before, int beforeRow, Batch after, int row) {
    for (int attnum : columns) {
      Column old = before.column(attnum - 1);
      Column now = after.column(attnum - 1);
      if (old.isNull(beforeRow) != now.isNull(row)
          || (!now.isNull(row)
              && stored.types().get(attnum - 1).ops().compare(old, beforeRow, now, row) != 0)) {
        return false;
      }
    }
    return true;
  }
}
