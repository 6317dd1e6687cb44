package dev.lifeline.executor.node;

import dev.lifeline.catalog.VirtualTable;
import dev.lifeline.executor.ExecState;
import dev.lifeline.utils.batch.Batch;
import dev.lifeline.utils.batch.Column;
import dev.lifeline.utils.batch.Rep;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Reads a table whose rows are made when they are asked for.
public final class VirtualScanOperator implements Operator {
  /// Among the picks: the oid of the table itself.
  public static final int TABLE_OID = -1;

  private final ExecState state;
  private final VirtualTable table;
  private final Batch rows;
  private final Batch output;
  private VirtualTable.@Nullable Rows source;
  private boolean atEnd;

  private final int tableOid;
  private final Column tableOids = new Column(Rep.LONG, 64);

  /// How many rows of [#tableOids] are filled.
  private int filled;

  /// @param reps of all columns of the table
  /// @param picks the columns that are needed
  public VirtualScanOperator(
      ExecState state, VirtualTable table, int tableOid, List<Rep> reps, int[] picks) {
    this.state = state;
    this.table = table;
    this.tableOid = tableOid;
    this.rows = new Batch(reps, 64);
    Column[] columns = new Column[picks.length];
    for (int i = 0; i < picks.length; i++) {
      columns[i] = picks[i] == TABLE_OID ? tableOids : rows.column(picks[i]);
    }
    this.output = new Batch(columns);
  }

  @Override
  public @Nullable Batch next() {
    VirtualTable.Rows from = source;
    if (from == null) {
      from = table.open(state.session().catalog());
      source = from;
      rows.setSize(0);
    }
    while (!atEnd && rows.size() < Batch.TARGET_ROWS / 2) {
      state.tick();
      atEnd = !from.next(rows);
    }
    int size = rows.size();
    if (size == 0) {
      return null;
    }
    for (; filled < size; filled++) {
      tableOids.setLong(filled, Integer.toUnsignedLong(tableOid));
    }
    output.setSize(size);
    rows.setSize(0);
    return output;
  }

  @Override
  public void rescan() {
    source = null;
    atEnd = false;
    rows.setSize(0);
  }

  @Override
  public void close() {}
}
