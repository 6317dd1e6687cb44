package dev.lifeline.executor;

import dev.lifeline.executor.expr.Expression;
import dev.lifeline.executor.expr.SortKey;
import dev.lifeline.executor.expr.WindowFunc;
import dev.lifeline.executor.node.WindowAggOperator;
import dev.lifeline.executor.node.WindowCall;
import dev.lifeline.executor.node.WindowFrameSpec;
import dev.lifeline.optimizer.Plan;
import dev.lifeline.parser.analyze.Window;
import dev.lifeline.utils.adt.TypeOps;
import dev.lifeline.utils.adt.Types;
import dev.lifeline.utils.batch.Rep;
import dev.lifeline.utils.fmgr.BootstrapCatalog;
import dev.lifeline.utils.fmgr.PgProc;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Compiles window functions. Whatever is evaluated for the window (keys, offsets, arguments) is
/// computed below the node, as further columns of its input.
final class WindowCompiler {
  private final PlanCompiler compiler;
  private final List<Expression> columns = new ArrayList<>();
  private final List<Expression> computed = new ArrayList<>();

  WindowCompiler(PlanCompiler compiler) {
    this.compiler = compiler;
  }

  OperatorFactory compile(Plan.WindowAgg plan) {
    OperatorFactory input = compiler.compile(plan.input());
    List<Expression> below = plan.input().output();
    columns.addAll(below);
    Window window = plan.window();
    List<WindowAggOperator.Key> partition = window.partitionBy().stream().map(this::key).toList();
    List<WindowAggOperator.Key> order =
        window.orderBy().stream().map(SortKey::expression).map(this::key).toList();
    WindowFrameSpec frame = frame(window);
    List<WindowCall> calls = plan.calls().stream().map(this::call).toList();
    OperatorFactory wide =
        computed.isEmpty()
            ? input
            : PlanCompiler.widened(
                input, below.size(), compiler.binder().input(0, below), computed);
    List<Rep> reps = PlanCompiler.reps(columns);
    int width = below.size();
    return (state, frames) ->
        new WindowAggOperator(
            state,
            wide.create(state, frames),
            new WindowAggOperator.Layout(reps, width, partition, order, frame, calls));
  }

  /// The column that an expression is in.
  private int column(Expression expr) {
    int known = columns.indexOf(expr);
    if (known >= 0) {
      return known;
    }
    columns.add(expr);
    computed.add(expr);
    return columns.size() - 1;
  }

  private int optional(@Nullable Expression expr) {
    return expr == null ? -1 : column(expr);
  }

  private WindowAggOperator.Key key(Expression expr) {
    return new WindowAggOperator.Key(column(expr), Types.get(expr.type()).ops());
  }

  private WindowFrameSpec frame(Window window) {
    Window.Frame frame = window.frame();
    Window.Range range = frame.range();
    WindowFrameSpec.Range compared = null;
    if (range != null) {
      TypeOps ops = Types.get(range.key().type()).ops();
      SortKey order = window.orderBy().getFirst();
      compared =
          new WindowFrameSpec.Range(
              column(range.key()),
              optional(range.start()),
              optional(range.startNegative()),
              optional(range.end()),
              optional(range.endNegative()),
              ops,
              order.descending(),
              order.nullsFirst());
    }
    return new WindowFrameSpec(
        frame.mode(),
        frame.start(),
        optional(frame.startOffset()),
        frame.end(),
        optional(frame.endOffset()),
        frame.exclusion(),
        compared);
  }

  private WindowCall call(WindowFunc call) {
    PgProc function = BootstrapCatalog.proc(call.function());
    if (function == null) {
      throw new IllegalStateException("no window function " + call.function());
    }
    return new WindowCall(
        function,
        call.args().stream().map(Expression::type).toList(),
        call.type(),
        call.args().stream().mapToInt(this::column).boxed().toList(),
        optional(call.filter()));
  }
}
