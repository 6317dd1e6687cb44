package dev.lifeline.executor;

import dev.lifeline.access.table.TidBitmap;
import dev.lifeline.catalog.Relation;
import dev.lifeline.executor.expr.EvalFrame;
import dev.lifeline.executor.expr.Evaluator;
import dev.lifeline.executor.expr.ExprCompiler;
import dev.lifeline.executor.expr.Expression;
import dev.lifeline.executor.node.BitmapCombinationOperator;
import dev.lifeline.executor.node.BitmapHeapScanOperator;
import dev.lifeline.executor.node.BitmapIndexScanOperator;
import dev.lifeline.executor.node.DetoastOperator;
import dev.lifeline.executor.node.FilterOperator;
import dev.lifeline.executor.node.IndexBounds;
import dev.lifeline.executor.node.Operator;
import dev.lifeline.executor.node.RowShape;
import dev.lifeline.optimizer.Plan;
import java.util.ArrayList;
import java.util.List;

/// Compiles scans by bitmaps.
final class BitmapCompiler {
  private final PlanCompiler compiler;

  BitmapCompiler(PlanCompiler compiler) {
    this.compiler = compiler;
  }

  /// Makes an operator that puts tids into a bitmap.
  private interface Filling {
    Operator create(ExecState state, EvalFrame frame, TidBitmap into);
  }

  OperatorFactory heapScan(Plan.BitmapHeapScan scan) {
    Relation relation = scan.range().relation();
    int range = scan.range().id();
    StoredTable stored = compiler.stored(relation);
    RowShape shape = ScanCompiler.shape(relation, range, scan.output());
    Filling filling = filling(scan.bitmap(), stored);
    int expected = PlanCompiler.expected(scan);
    OperatorFactory heap =
        (state, frame) -> {
          TidBitmap bitmap = newBitmap(state);
          Operator source = filling.create(state, frame, bitmap);
          return new BitmapHeapScanOperator(state, stored, shape, source, bitmap, expected);
        };
    List<Expression> read = new ArrayList<>();
    if (scan.recheck() != null) {
      read.add(scan.recheck());
    }
    if (scan.filter() != null) {
      read.add(scan.filter());
    }
    return new ScanCompiler(compiler)
        .detoasted(
            heap,
            stored,
            range,
            shape,
            read,
            input -> compiler.filtered(rechecked(input, scan), scan.output(), scan.filter()));
  }

  private static TidBitmap newBitmap(ExecState state) {
    return new TidBitmap(state.memory());
  }

  /// Looks at the conditions again for the rows of pages of which the bitmap knows no rows.
  private OperatorFactory rechecked(OperatorFactory input, Plan.BitmapHeapScan scan) {
    if (scan.recheck() == null) {
      return input;
    }
    Evaluator condition =
        ExprCompiler.of(compiler.binder().input(0, scan.output()).bind(scan.recheck()));
    return (state, frame) -> {
      Operator operator = input.create(state, frame);
      BitmapHeapScanOperator heap =
          (BitmapHeapScanOperator)
              (operator instanceof DetoastOperator detoast ? detoast.input() : operator);
      return new FilterOperator(operator, frame, condition, false, heap::needsRecheck);
    };
  }

  private Filling filling(Plan plan, StoredTable stored) {
    Filling filling =
        switch (plan) {
          case Plan.BitmapIndexScan scan -> indexScan(scan, stored);
          case Plan.BitmapCombination combination -> combination(combination, stored);
          default -> throw new IllegalStateException("no bitmap: " + plan);
        };
    return (state, frame, into) ->
        compiler.measured(plan, (s, f) -> filling.create(s, f, into)).create(state, frame);
  }

  private Filling indexScan(Plan.BitmapIndexScan scan, StoredTable stored) {
    StoredTable.StoredIndex index = stored.index(scan.index().oid());
    List<IndexBounds.Bound> bounds =
        new ScanCompiler(compiler).bounds(scan.index(), scan.keys(), scan.conditions());
    return (state, frame, into) ->
        new BitmapIndexScanOperator(
            state, index, new IndexBounds(index.encoder(), bounds), frame, into);
  }

  private Filling combination(Plan.BitmapCombination combination, StoredTable stored) {
    List<Filling> inputs = combination.inputs().stream().map(p -> filling(p, stored)).toList();
    return (state, frame, into) -> {
      List<BitmapCombinationOperator.Input> made = new ArrayList<>();
      for (Filling input : inputs) {
        TidBitmap own = newBitmap(state);
        made.add(new BitmapCombinationOperator.Input(input.create(state, frame, own), own));
      }
      return new BitmapCombinationOperator(made, into, combination.and());
    };
  }
}
