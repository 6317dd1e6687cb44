package dev.lifeline.executor;

import dev.lifeline.access.heap.Detoaster;
import dev.lifeline.access.heap.ToastTable;
import dev.lifeline.catalog.Relation;
import dev.lifeline.catalog.VirtualTable;
import dev.lifeline.executor.expr.Evaluator;
import dev.lifeline.executor.expr.Expression;
import dev.lifeline.executor.expr.Var;
import dev.lifeline.executor.node.DetoastOperator;
import dev.lifeline.executor.node.IndexBounds;
import dev.lifeline.executor.node.IndexOnlyScanOperator;
import dev.lifeline.executor.node.IndexOnlyShape;
import dev.lifeline.executor.node.IndexScanOperator;
import dev.lifeline.executor.node.RowShape;
import dev.lifeline.executor.node.SeqScanOperator;
import dev.lifeline.executor.node.VirtualScanOperator;
import dev.lifeline.optimizer.Plan;
import dev.lifeline.parser.analyze.SystemColumns;
import dev.lifeline.utils.adt.Types;
import dev.lifeline.utils.batch.Batch;
import dev.lifeline.utils.batch.Rep;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// Compiles the scans of tables.
final class ScanCompiler {
  private final PlanCompiler compiler;

  ScanCompiler(PlanCompiler compiler) {
    this.compiler = compiler;
  }

  OperatorFactory seqScan(Plan.SeqScan scan) {
    Relation relation = scan.range().relation();
    VirtualTable virtual = relation.virtual();
    if (virtual != null) {
      return compiler.filtered(virtualScan(scan, virtual), scan.output(), scan.filter());
    }
    StoredTable stored = compiler.stored(relation);
    RowShape shape = shape(relation, scan.range().id(), scan.output());
    int expected = PlanCompiler.expected(scan);
    return detoasted(
        (state, frame) -> new SeqScanOperator(state, stored, shape, expected),
        stored,
        scan.range().id(),
        shape,
        scan.output(),
        scan.filter());
  }

  /// Puts the filter on top, where there is one, and around it the fetching of long values: before
  /// it of the columns that it reads, after it of the others.
  private OperatorFactory detoasted(
      OperatorFactory scan,
      StoredTable stored,
      int range,
      RowShape shape,
      List<Expression> output,
      @Nullable Expression filter) {
    return detoasted(
        scan,
        stored,
        range,
        shape,
        filter == null ? List.of() : List.of(filter),
        input -> compiler.filtered(input, output, filter));
  }

  /// @param conditions all that `filtered` looks at
  OperatorFactory detoasted(
      OperatorFactory scan,
      StoredTable stored,
      int range,
      RowShape shape,
      List<Expression> conditions,
      UnaryOperator<OperatorFactory> filtered) {
    if (stored.toast() == null) {
      return filtered.apply(scan);
    }
    Set<Expression> read = new LinkedHashSet<>();
    conditions.forEach(condition -> addVars(condition, read));
    int[] early = new int[shape.targets().length];
    int[] late = new int[early.length];
    boolean anyEarly = false;
    boolean anyLate = false;
    for (int c = 0; c < early.length; c++) {
      int target = stored.codec().isVarying(c) ? shape.targets()[c] : -1;
      int attnum = c + 1;
      boolean now =
          read.stream()
              .anyMatch(e -> e instanceof Var v && v.varno() == range && v.attno() == attnum);
      early[c] = now ? target : -1;
      late[c] = now || compiler.isCarried(range, attnum) ? -1 : target;
      anyEarly |= early[c] >= 0;
      anyLate |= late[c] >= 0;
    }
    OperatorFactory input = anyEarly ? detoast(scan, stored, early) : scan;
    OperatorFactory passed = filtered.apply(input);
    return anyLate ? detoast(passed, stored, late) : passed;
  }

  static void addVars(Expression expr, Set<Expression> vars) {
    if (expr instanceof Var) {
      vars.add(expr);
    }
    expr.children().forEach(child -> addVars(child, vars));
  }

  private static OperatorFactory detoast(OperatorFactory input, StoredTable stored, int[] targets) {
    ToastTable toast = Objects.requireNonNull(stored.toast());
    return (state, frame) ->
        new DetoastOperator(
            input.create(state, frame), new Detoaster(toast, stored.codec()), targets);
  }

  private OperatorFactory virtualScan(Plan.SeqScan scan, VirtualTable virtual) {
    Relation relation = scan.range().relation();
    List<VirtualScanOperator.Narrowing> narrowing =
        scan.narrowing().stream().map(this::narrowing).toList();
    List<Rep> reps = relation.columns().stream().map(c -> PlanCompiler.rep(c.typeOid())).toList();
    int[] picks =
        scan.output().stream()
            .mapToInt(expr -> ((Var) expr).attno())
            .map(attno ->
                attno == SystemColumns.TABLEOID ? VirtualScanOperator.TABLE_OID : attno - 1)
            .toArray();
    return (state, frame) ->
        new VirtualScanOperator(
            state, virtual, relation.oid(), reps, picks, frame, narrowing, scan.backward());
  }

  private VirtualScanOperator.Narrowing narrowing(Plan.IndexCondition condition) {
    VirtualTable.Comparison comparison =
        switch (condition.kind()) {
          case EQUAL, ANY -> VirtualTable.Comparison.EQUAL;
          case LESS -> VirtualTable.Comparison.LESS;
          case LESS_EQUAL -> VirtualTable.Comparison.LESS_EQUAL;
          case GREATER -> VirtualTable.Comparison.GREATER;
          case GREATER_EQUAL -> VirtualTable.Comparison.GREATER_EQUAL;
          case IS_NULL, IS_NOT_NULL ->
              throw new IllegalStateException("a condition without a value narrows nothing");
        };
    Expression value = Objects.requireNonNull(condition.value());
    return new VirtualScanOperator.Narrowing(
        condition.key(), comparison, compiler.binder().compile(value));
  }

  /// Where the columns of a table go that an operator has among its outputs.
  static RowShape shape(Relation relation, int range, List<Expression> output) {
    int[] targets = new int[relation.columns().size()];
    Arrays.fill(targets, -1);
    int ctid = -1;
    int tableOid = -1;
    for (int i = 0; i < output.size(); i++) {
      if (!(output.get(i) instanceof Var var) || var.varno() != range) {
        continue;
      }
      switch (var.attno()) {
        case SystemColumns.CTID -> ctid = i;
        case SystemColumns.TABLEOID -> tableOid = i;
        default -> targets[var.attno() - 1] = i;
      }
    }
    return new RowShape(
        PlanCompiler.reps(output), trimmed(targets), ctid, tableOid, relation.oid());
  }

  /// Without the columns at the end that nobody reads, so that they are not even looked at.
  private static int[] trimmed(int[] targets) {
    int length = targets.length;
    while (length > 0 && targets[length - 1] < 0) {
      length--;
    }
    return Arrays.copyOf(targets, length);
  }

  OperatorFactory indexScan(Plan.IndexScan scan) {
    Relation relation = scan.range().relation();
    StoredTable stored = compiler.stored(relation);
    StoredTable.StoredIndex index = stored.index(scan.index().oid());
    RowShape shape = shape(relation, scan.range().id(), scan.output());
    List<IndexBounds.Bound> bounds = bounds(scan.index(), scan.keys(), scan.conditions());
    int expected = PlanCompiler.expected(scan);
    int batchRows = expected <= 4 ? Math.max(1, expected) * 4 : Math.min(expected, 256);
    boolean unique =
        scan.index().unique()
            && scan.conditions().size() == scan.index().keys().size()
            && scan.conditions().stream().allMatch(c -> c.kind() == Plan.IndexCondition.Kind.EQUAL);
    int rows = unique ? 1 : Math.min(batchRows, Batch.TARGET_ROWS);
    if (scan.only()) {
      IndexOnlyShape only =
          IndexOnlyShape.of(shape, index.form().layout(), scan.index().keys().size());
      return compiler.filtered(
          (state, frame) ->
              new IndexOnlyScanOperator(
                  state,
                  stored,
                  index,
                  only,
                  new IndexBounds(index.encoder(), bounds),
                  frame,
                  !scan.backward(),
                  rows),
          scan.output(),
          scan.filter());
    }
    return detoasted(
        (state, frame) ->
            new IndexScanOperator(
                state,
                stored,
                index,
                shape,
                new IndexBounds(index.encoder(), bounds),
                frame,
                !scan.backward(),
                rows),
        stored,
        scan.range().id(),
        shape,
        scan.output(),
        scan.filter());
  }

  List<IndexBounds.Bound> bounds(
      Relation.Index index, List<Expression> keys, List<Plan.IndexCondition> conditions) {
    return conditions.stream().map(condition -> bound(index, keys, condition)).toList();
  }

  private IndexBounds.Bound bound(
      Relation.Index index, List<Expression> keys, Plan.IndexCondition condition) {
    Relation.IndexKey key = index.keys().get(condition.key());
    Expression value = condition.value();
    Evaluator evaluator = value == null ? null : compiler.binder().compile(value);
    long min = Long.MIN_VALUE;
    long max = Long.MAX_VALUE;
    switch (keys.get(condition.key()).type()) {
      case Types.INT2 -> {
        min = Short.MIN_VALUE;
        max = Short.MAX_VALUE;
      }
      case Types.INT4 -> {
        min = Integer.MIN_VALUE;
        max = Integer.MAX_VALUE;
      }
      default -> {}
    }
    return new IndexBounds.Bound(
        condition.key(), condition.kind(), evaluator, key.descending(), min, max);
  }
}
