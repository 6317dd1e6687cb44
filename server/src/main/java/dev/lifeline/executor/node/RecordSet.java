package dev.lifeline.executor.node;

import dev.lifeline.executor.expr.EvalFrame;
import dev.lifeline.executor.expr.SetEvaluator;
import dev.lifeline.utils.adt.PgRecord;
import dev.lifeline.utils.adt.PgType;
import dev.lifeline.utils.adt.Values;
import dev.lifeline.utils.batch.Column;
import dev.lifeline.utils.fmgr.SetIterator;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A set-returning function of several columns among the outputs of a query: each of its rows is
/// one value there.
public final class RecordSet extends SetEvaluator {
  private final SetEvaluator rows;
  private final List<PgType> types;

  public RecordSet(SetEvaluator rows, List<PgType> types) {
    this.rows = rows;
    this.types = types;
  }

  @Override
  public SetIterator open(EvalFrame frame) {
    SetIterator iterator = rows.open(frame);
    List<Column> columns = types.stream().map(type -> new Column(type.rep(), 1)).toList();
    return (out, row) -> {
      if (!iterator.next(columns, 0)) {
        return false;
      }
      List<@Nullable Object> values = new ArrayList<>();
      for (Column column : columns) {
        values.add(Values.get(column, 0));
      }
      out.getFirst().setObject(row, new PgRecord(types, values));
      return true;
    };
  }
}
