package dev.lifeline.executor.node;

import dev.lifeline.catalog.VirtualTable;
import dev.lifeline.executor.ExecState;
import dev.lifeline.executor.expr.EvalFrame;
import dev.lifeline.executor.expr.Evaluator;
import dev.lifeline.utils.adt.PgArray;
import dev.lifeline.utils.batch.Batch;
import dev.lifeline.utils.batch.Column;
import dev.lifeline.utils.batch.Rep;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Reads a table whose rows are made when they are asked for.
public final class VirtualScanOperator implements Operator, Measured {
  /// Among the picks: the oid of the table itself.
  public static final int TABLE_OID = -1;

  /// A condition that narrows the scan; its value is known when the scan begins.
  ///
  /// @param column its position, from 0
  /// @param value may be an array, any element of which will do
  public record Narrowing(int column, VirtualTable.Comparison comparison, Evaluator value) {}

  private final ExecState state;
  private final VirtualTable table;
  private final Batch rows;
  private final Batch output;
  private final EvalFrame frame;
  private final List<Narrowing> narrowing;
  private final boolean backward;
  private VirtualTable.@Nullable Rows source;
  private boolean atEnd;

  private final int tableOid;
  private final Column tableOids = new Column(Rep.LONG, 64);

  /// How many rows of [#tableOids] are filled.
  private int filled;

  /// What the scans have cost that are over.
  private final Map<String, Long> figures = new LinkedHashMap<>();

  /// @param reps of all columns of the table
  /// @param picks the columns that are needed
  /// @param backward whether the rows are wanted from the last to the first
  public VirtualScanOperator(
      ExecState state,
      VirtualTable table,
      int tableOid,
      List<Rep> reps,
      int[] picks,
      EvalFrame frame,
      List<Narrowing> narrowing,
      boolean backward) {
    this.state = state;
    this.table = table;
    this.tableOid = tableOid;
    this.frame = frame;
    this.narrowing = narrowing;
    this.backward = backward;
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
      from = open();
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

  private VirtualTable.Rows open() {
    List<VirtualTable.Condition> conditions = new ArrayList<>();
    for (Narrowing one : narrowing) {
      conditions.add(
          new VirtualTable.Condition(one.column(), one.comparison(), values(one.value())));
    }
    frame.rowDone();
    return table.open(state.session().catalog(), conditions, backward);
  }

  /// None where the value is null: nothing compares with that.
  private List<Object> values(Evaluator evaluator) {
    Object value = evaluator.evalBoxed(frame);
    if (!(value instanceof PgArray array)) {
      return value == null ? List.of() : List.of(value);
    }
    List<Object> values = new ArrayList<>();
    Column elements = array.elements();
    for (int i = 0; i < array.size(); i++) {
      if (!elements.isNull(i)) {
        values.add(
            elements.rep() == Rep.LONG ? (Object) elements.getLong(i) : elements.getObject(i));
      }
    }
    return values;
  }

  @Override
  public Map<String, Long> figures() {
    Map<String, Long> all = new LinkedHashMap<>(figures);
    VirtualTable.Rows open = source;
    if (open != null) {
      open.figures().forEach((name, value) -> all.merge(name, value, Long::sum));
    }
    return all;
  }

  @Override
  public void rescan() {
    close();
    atEnd = false;
    rows.setSize(0);
  }

  @Override
  public void close() {
    VirtualTable.Rows open = source;
    source = null;
    if (open != null) {
      open.figures().forEach((name, value) -> figures.merge(name, value, Long::sum));
      open.close();
    }
  }
}
