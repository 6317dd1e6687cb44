package dev.lifeline.commands.amcheck;

import dev.lifeline.access.common.ToastedValue;
import dev.lifeline.access.common.TupleCodec;
import dev.lifeline.access.heap.Detoaster;
import dev.lifeline.access.table.TableScan;
import dev.lifeline.access.table.Tid;
import dev.lifeline.access.table.TupleSink;
import dev.lifeline.catalog.BackendCatalog;
import dev.lifeline.catalog.Relation;
import dev.lifeline.commands.RowDecoder;
import dev.lifeline.utils.adt.EvalContext;
import dev.lifeline.utils.adt.PgType;
import dev.lifeline.utils.adt.Types;
import dev.lifeline.utils.batch.Batch;
import dev.lifeline.utils.batch.Column;
import dev.lifeline.utils.batch.Rep;
import dev.lifeline.utils.error.PgException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Every long value of a table's rows can be put together again. A step: called again after each
/// wait, it goes on where it was.
final class ToastCheck implements Runnable {
  private final TupleCodec codec;
  private final int[] targets;
  private final List<Rep> reps = new ArrayList<>();
  private final Batch row;
  private final Detoaster detoaster;
  private final TableScan scan;
  private final String where;
  private final Findings findings;
  private final ArrayDeque<Toasted> toasted = new ArrayDeque<>();

  private record Toasted(long tid, Batch values) {}

  ToastCheck(
      BackendCatalog catalog,
      Relation relation,
      Relation.Toast toast,
      EvalContext eval,
      String where,
      Findings findings) {
    this.where = where;
    this.findings = findings;
    codec = RowDecoder.of(relation, eval);
    targets = new int[codec.attributes()];
    Arrays.fill(targets, -1);
    for (Relation.Column column : relation.columns()) {
      PgType type = Types.get(column.typeOid());
      if (codec.isVarying(column.attnum() - 1) && type.rep() == Rep.OBJECT && !column.dropped()) {
        targets[column.attnum() - 1] = reps.size();
        reps.add(type.rep());
      }
    }
    row = new Batch(reps, 1);
    detoaster = new Detoaster(catalog.toast(toast), codec);
    scan = catalog.table(relation).indexBuildScan(catalog.client().xact());
  }

  @Override
  public void run() {
    TupleSink sink = this::collect;
    do {
      fetch();
    } while (scan.next(sink, Batch.TARGET_ROWS));
    fetch();
  }

  private void collect(long tid, MemorySegment memory, long offset, int length) {
    codec.deform(memory, offset, length, targets, row, 0);
    Batch copy = new Batch(reps, 1);
    boolean any = false;
    for (int c = 0; c < reps.size(); c++) {
      Column column = row.column(c);
      if (!column.isNull(0) && column.getObject(0) instanceof ToastedValue) {
        any = true;
        copy.column(c).copy(0, column, 0);
      } else {
        copy.column(c).setNull(0);
      }
    }
    copy.setSize(1);
    if (any) {
      toasted.add(new Toasted(tid, copy));
    }
  }

  private void fetch() {
    Toasted next = toasted.peek();
    while (next != null) {
      try {
        detoaster.resolve(next.values(), targets);
      } catch (PgException e) {
        findings.add(
            where,
            "row (%d,%d): %s"
                .formatted(Tid.block(next.tid()), Tid.offset(next.tid()), e.message()));
      }
      toasted.remove();
      next = toasted.peek();
    }
  }
}
