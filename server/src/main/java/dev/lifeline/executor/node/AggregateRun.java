package dev.lifeline.executor.node;

import dev.lifeline.executor.expr.EvalFrame;
import dev.lifeline.executor.expr.Evaluator;
import dev.lifeline.utils.adt.AggregateState;
import dev.lifeline.utils.adt.Aggregates;
import dev.lifeline.utils.adt.PgType;
import dev.lifeline.utils.adt.TypeOps;
import dev.lifeline.utils.adt.Types;
import dev.lifeline.utils.batch.Batch;
import dev.lifeline.utils.batch.Column;
import dev.lifeline.utils.batch.Rep;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One aggregate of one execution: its states for all groups, and what DISTINCT, ORDER BY and
/// FILTER within the call need.
final class AggregateRun {
  private final AggregateCall call;
  private final AggregateState state;
  private final Projector inputs;
  private final int argCount;

  /// With DISTINCT: the groups and arguments that were met.
  private final @Nullable GroupTable distinct;

  /// With ORDER BY: the rows, and the group of each.
  private final @Nullable RowStore sorted;

  private int[] sortedGroups = {};
  private final Column groupColumn = new Column(Rep.LONG, 64);

  AggregateRun(AggregateCall call, EvalFrame frame) {
    this.call = call;
    this.argCount = call.args().size();
    this.state =
        Aggregates.newState(call.function(), call.argOids(), call.resultType(), frame.context());
    List<Evaluator> evaluators = new ArrayList<>(call.args());
    call.sortKeys().forEach(key -> evaluators.add(key.value()));
    if (call.filter() != null) {
      evaluators.add(call.filter());
    }
    this.inputs = new Projector(frame, evaluators.toArray(new Evaluator[0]), 64);
    List<TypeOps> ops = new ArrayList<>();
    ops.add(Types.get(Types.INT8).ops());
    call.argTypes().forEach(type -> ops.add(type.ops()));
    this.distinct = call.distinct() ? new GroupTable(ops, 64) : null;
    List<Rep> reps = new ArrayList<>();
    evaluators.forEach(evaluator -> reps.add(evaluator.rep()));
    this.sorted = call.isSorted() ? new RowStore(reps, 64) : null;
  }

  /// Evaluates the arguments for a batch; may have to wait, and is then asked again.
  void evaluate(Batch batch) {
    inputs.project(batch);
  }

  /// Adds the rows of the batch that was evaluated last.
  ///
  /// @param groups the group of each row
  void add(int[] groups, int groupCount, int rows) {
    state.ensure(groupCount);
    List<Column> args = Arrays.asList(inputs.columns()).subList(0, argCount);
    if (call.filter() == null && distinct == null && sorted == null) {
      if (groupCount == 1) {
        state.addAll(0, args, rows);
      } else {
        state.addAll(groups, args, rows);
      }
      return;
    }
    for (int row = 0; row < rows; row++) {
      addOne(groups[row], args, row);
    }
  }

  private void addOne(int group, List<Column> args, int row) {
    Column[] columns = inputs.columns();
    if (call.filter() != null) {
      Column passes = columns[columns.length - 1];
      if (passes.isNull(row) || passes.getLong(row) == 0) {
        return;
      }
    }
    if (distinct != null && !isNew(distinct, group, row)) {
      return;
    }
    if (sorted != null) {
      int number = sorted.add(new Batch(columns), row);
      if (number >= sortedGroups.length) {
        sortedGroups = Arrays.copyOf(sortedGroups, Math.max(64, number * 2));
      }
      sortedGroups[number] = group;
      return;
    }
    state.add(group, args, row);
  }

  private boolean isNew(GroupTable seen, int group, int row) {
    Column[] key = new Column[argCount + 1];
    groupColumn.setLong(row, group);
    key[0] = groupColumn;
    System.arraycopy(inputs.columns(), 0, key, 1, argCount);
    int before = seen.size();
    seen.findOrAdd(key, row);
    return seen.size() > before;
  }

  /// All rows were added: those that had to be kept are now added in their order.
  void complete(int groupCount) {
    state.ensure(groupCount);
    if (sorted == null) {
      return;
    }
    RowStore rows = sorted;
    List<RowOrder.Key> keys = new ArrayList<>();
    for (int i = 0; i < call.sortKeys().size(); i++) {
      AggregateCall.SortBy by = call.sortKeys().get(i);
      TypeOps ops = by.type().ops();
      keys.add(new RowOrder.Key(argCount + i, by.descending(), by.nullsFirst(), ops::compare));
    }
    RowOrder order = new RowOrder(keys);
    Integer[] numbers = new Integer[rows.size()];
    Arrays.setAll(numbers, i -> i);
    Arrays.sort(numbers, (a, b) -> order.compare(rows, a, rows, b));
    List<Column> args = new ArrayList<>();
    for (int i = 0; i < argCount; i++) {
      args.add(rows.column(i));
    }
    for (int number : numbers) {
      state.add(sortedGroups[number], args, number);
    }
  }

  void finish(int group, Column out, int row) {
    state.finish(group, out, row);
  }

  static Rep rep(AggregateCall call) {
    PgType type = Types.get(call.resultType());
    return type.rep();
  }
}
