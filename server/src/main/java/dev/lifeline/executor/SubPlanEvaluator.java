package dev.lifeline.executor;

import dev.lifeline.executor.expr.EvalFrame;
import dev.lifeline.executor.expr.Evaluator;
import dev.lifeline.executor.node.Operator;
import dev.lifeline.parser.analyze.SubLinkExpr;
import dev.lifeline.utils.adt.PgArray;
import dev.lifeline.utils.adt.PgType;
import dev.lifeline.utils.adt.Types;
import dev.lifeline.utils.batch.Batch;
import dev.lifeline.utils.batch.Column;
import dev.lifeline.utils.batch.Rep;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Evaluates a subplan: runs it for the values of its parameters, and keeps the result for as long
/// as these stay the same.
///
/// It may have to wait in the middle. Then the row that it is evaluated for is evaluated again,
/// with the same values, and it goes on where it stopped.
final class SubPlanEvaluator extends Evaluator {
  private final BoundSubPlan subplan;
  private final Evaluator[] values;
  private final @Nullable Evaluator test;

  SubPlanEvaluator(BoundSubPlan subplan, Evaluator[] values, @Nullable Evaluator test) {
    super(Types.get(subplan.type()).rep());
    this.subplan = subplan;
    this.values = values;
    this.test = test;
  }

  /// What one execution keeps of a subplan.
  private static final class Run {
    final Operator operator;
    final @Nullable Object[] arguments;
    boolean opened;
    boolean done;

    /// The result: of EXISTS, ANY and ALL a Boolean, or null for unknown.
    @Nullable Object result;

    /// The rows of the subquery so far.
    final Batch rows;

    boolean rowsComplete;

    Run(Operator operator, int parameters, Batch rows) {
      this.operator = operator;
      this.arguments = new @Nullable Object[parameters];
      this.rows = rows;
    }
  }

  private static ExecState state(EvalFrame frame) {
    if (frame.owner instanceof ExecState state) {
      return state;
    }
    throw new IllegalStateException("a subplan outside of an execution");
  }

  private Run run(ExecState state) {
    if (state.cell(subplan.cell()) instanceof Run run) {
      return run;
    }
    Operator operator = subplan.plan().create(state, state.newFrame());
    Batch rows = new Batch(subplan.columnTypes().stream().map(PgType::rep).toList(), 16);
    Run run = new Run(operator, values.length, rows);
    state.cell(subplan.cell(), run);
    return run;
  }

  @Override
  public long evalLong(EvalFrame frame) {
    Object result = evaluate(frame);
    frame.isNull = result == null;
    return switch (result) {
      case null -> 0;
      case Boolean truth -> truth ? 1 : 0;
      default -> (Long) result;
    };
  }

  @Override
  public double evalDouble(EvalFrame frame) {
    Object result = evaluate(frame);
    frame.isNull = result == null;
    return result == null ? 0 : (Double) result;
  }

  @Override
  public @Nullable Object evalObject(EvalFrame frame) {
    return evaluate(frame);
  }

  private @Nullable Object evaluate(EvalFrame frame) {
    ExecState state = state(frame);
    Run run = run(state);
    boolean changed = assignArguments(frame, state, run);
    if (changed || !run.opened) {
      if (run.opened) {
        run.operator.rescan();
      }
      run.opened = true;
      run.done = false;
      run.rows.setSize(0);
      run.rowsComplete = false;
    }
    if (test != null) {
      return compareAll(frame, state, run);
    }
    if (!run.done) {
      run.result = compute(run);
      run.done = true;
    }
    return run.result;
  }

  /// Whether the values differ from those that the subplan was last run for.
  private boolean assignArguments(EvalFrame frame, ExecState state, Run run) {
    boolean changed = false;
    for (int i = 0; i < values.length; i++) {
      Object value = values[i].evalBoxed(frame);
      changed |= !Objects.equals(value, run.arguments[i]);
      run.arguments[i] = value;
    }
    for (int i = 0; i < values.length; i++) {
      set(state.exec().column(subplan.parameterIndexes().get(i)), 0, run.arguments[i]);
    }
    return changed;
  }

  private static void set(Column column, int row, @Nullable Object value) {
    switch (value) {
      case null -> column.setNull(row);
      case Long l when column.rep() == Rep.LONG -> column.setLong(row, l);
      case Double d when column.rep() == Rep.DOUBLE -> column.setDouble(row, d);
      default -> column.setObject(row, value);
    }
  }

  private static @Nullable Object get(Column column, int row) {
    if (column.isNull(row)) {
      return null;
    }
    return switch (column.rep()) {
      case LONG -> column.getLong(row);
      case DOUBLE -> column.getDouble(row);
      case OBJECT -> column.getObject(row);
    };
  }

  private @Nullable Object compute(Run run) {
    return switch (subplan.kind()) {
      case EXISTS -> run.operator.next() != null;
      case SCALAR -> scalar(run);
      case ARRAY -> {
        collect(run, Integer.MAX_VALUE);
        yield PgArray.of(subplan.columnTypes().getFirst(), elements(run.rows), run.rows.size());
      }
      case ANY, ALL -> throw new IllegalStateException("a comparison without a test");
    };
  }

  /// A column of its own: an array keeps its elements, and the next run reuses the rows.
  private static Column elements(Batch rows) {
    Column elements = new Column(rows.column(0).rep(), rows.size());
    for (int i = 0; i < rows.size(); i++) {
      elements.copy(i, rows.column(0), i);
    }
    return elements;
  }

  private @Nullable Object scalar(Run run) {
    collect(run, 2);
    if (run.rows.size() > 1) {
      throw PgException.error(
          SqlState.CARDINALITY_VIOLATION,
          "more than one row returned by a subquery used as an expression");
    }
    return run.rows.size() == 0 ? null : get(run.rows.column(0), 0);
  }

  /// Reads the subquery's rows, at least until there are so many.
  private static void collect(Run run, int enough) {
    while (!run.rowsComplete && run.rows.size() < enough) {
      Batch batch = run.operator.next();
      if (batch == null) {
        run.rowsComplete = true;
        return;
      }
      int size = run.rows.size();
      for (int c = 0; c < run.rows.width(); c++) {
        for (int i = 0; i < batch.size(); i++) {
          run.rows.column(c).copy(size + i, batch.column(c), i);
        }
      }
      run.rows.setSize(size + batch.size());
    }
  }

  /// ANY is true as soon as one comparison is, ALL false as soon as one is; where none decided and
  /// one was unknown, the result is.
  private @Nullable Object compareAll(EvalFrame frame, ExecState state, Run run) {
    collect(run, Integer.MAX_VALUE);
    boolean any = subplan.kind() == SubLinkExpr.Kind.ANY;
    boolean sawUnknown = false;
    for (int row = 0; row < run.rows.size(); row++) {
      List<Integer> indexes = subplan.testIndexes();
      for (int c = 0; c < indexes.size(); c++) {
        state.exec().column(indexes.get(c)).copy(0, run.rows.column(c), row);
      }
      long truth = Objects.requireNonNull(test).evalLong(frame);
      if (frame.isNull) {
        sawUnknown = true;
      } else if ((truth != 0) == any) {
        return any;
      }
    }
    return sawUnknown ? null : (Object) !any;
  }
}
