package dev.lifeline.executor.expr;

import dev.lifeline.utils.adt.EvalContext;
import dev.lifeline.utils.batch.Batch;
import dev.lifeline.utils.fmgr.Call;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What changes while expressions run: the rows at hand, the parameters, the frame of calls. One
/// for each execution of a statement (or each operator of it), never shared. The fields are open
/// because evaluators read them for every row.
public final class EvalFrame {
  private static final Batch NO_COLUMNS = new Batch(List.of(), 0);

  /// Whether the long or double that was evaluated last is null.
  public boolean isNull;

  /// The only or outer input, and its current row.
  public Batch input = NO_COLUMNS;

  public int row;

  /// The inner input of a join, and its current row.
  public Batch inner = NO_COLUMNS;

  public int innerRow;

  /// The client's parameters: a batch of one row.
  public Batch params = NO_COLUMNS;

  /// The executor's parameters: a batch of one row.
  public Batch exec = NO_COLUMNS;

  /// The execution that it belongs to: what an [ExtensionExpr] that runs a subplan finds its state
  /// in. Null where an expression is evaluated outside of any.
  public @Nullable Object owner;

  final EvalContext context;
  final Call call;

  public EvalFrame(EvalContext context) {
    this.context = context;
    this.call = new Call(context);
  }

  public EvalContext context() {
    return context;
  }

  /// The current row (or batch of rows that was filtered) needs no further evaluation: what its
  /// functions waited for is forgotten.
  public void rowDone() {
    context.waits().endRow();
  }
}
