package dev.lifeline.executor;

import dev.lifeline.access.common.TupleCodec;
import dev.lifeline.catalog.Relation;
import dev.lifeline.catalog.SessionCatalog;
import dev.lifeline.executor.expr.EvalFrame;
import dev.lifeline.executor.expr.Evaluator;
import dev.lifeline.executor.expr.ExprCompiler;
import dev.lifeline.executor.expr.Expression;
import dev.lifeline.executor.expr.Param;
import dev.lifeline.executor.expr.Var;
import dev.lifeline.executor.node.AppendOperator;
import dev.lifeline.executor.node.CteScanOperator;
import dev.lifeline.executor.node.CteStore;
import dev.lifeline.executor.node.FilterOperator;
import dev.lifeline.executor.node.LimitOperator;
import dev.lifeline.executor.node.MaterialOperator;
import dev.lifeline.executor.node.Operator;
import dev.lifeline.executor.node.ParameterWatch;
import dev.lifeline.executor.node.ProjectOperator;
import dev.lifeline.executor.node.RecursiveUnionOperator;
import dev.lifeline.executor.node.ResultOperator;
import dev.lifeline.executor.node.RowOrder;
import dev.lifeline.executor.node.RowRuns;
import dev.lifeline.executor.node.SetOpOperator;
import dev.lifeline.executor.node.SortOperator;
import dev.lifeline.executor.node.UniqueOperator;
import dev.lifeline.executor.node.ValuesOperator;
import dev.lifeline.executor.node.WorkTableScanOperator;
import dev.lifeline.executor.trigger.TableTriggers;
import dev.lifeline.optimizer.Plan;
import dev.lifeline.optimizer.PlannedStatement;
import dev.lifeline.optimizer.SortItem;
import dev.lifeline.optimizer.SubPlanExpr;
import dev.lifeline.parser.analyze.CommonTable;
import dev.lifeline.parser.analyze.Query;
import dev.lifeline.utils.adt.EvalContext;
import dev.lifeline.utils.adt.PgType;
import dev.lifeline.utils.adt.TypeOps;
import dev.lifeline.utils.adt.Types;
import dev.lifeline.utils.batch.Rep;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// Makes factories of operators of the nodes of a plan.
///
/// Everything that can be decided once is decided here: where each expression finds its columns,
/// the code of the expressions, the codecs of the tables.
final class PlanCompiler {
  private static final Evaluator[] NONE = {};

  private final PlannedStatement statement;
  private final Storage storage;
  private final SessionCatalog catalog;
  private final EvalContext context;
  private final @Nullable Instrumentation instrumentation;
  private final Map<Integer, StoredTable> tables = new HashMap<>();
  private final Map<CommonTable, Integer> cteCells = new HashMap<>();
  private final Map<CommonTable, Integer> workCells = new HashMap<>();
  private final Map<CommonTable, Watched> ctePlans = new HashMap<>();
  private final Map<SubPlanExpr, BoundParts> subplans = new HashMap<>();
  private int cells;

  /// The executor's parameters that what is being compiled reads.
  private Set<Integer> parameters = new TreeSet<>();

  /// Columns, by range and number, that are only carried from a scan to the node that changes the
  /// row: their long values need not be fetched.
  private final Set<Long> carried = new HashSet<>();

  /// @param instrumentation counts what each node does, for EXPLAIN ANALYZE
  PlanCompiler(
      PlannedStatement statement,
      Storage storage,
      SessionCatalog catalog,
      EvalContext context,
      @Nullable Instrumentation instrumentation) {
    this.statement = statement;
    this.storage = storage;
    this.catalog = catalog;
    this.context = context;
    this.instrumentation = instrumentation;
  }

  /// A plan whose rows are kept, and the executor's parameters that they depend on.
  private record Watched(OperatorFactory factory, List<Integer> parameters) {
    ParameterWatch watch(ExecState state) {
      return new ParameterWatch(state, parameters);
    }
  }

  private Watched watched(Plan plan) {
    Set<Integer> around = parameters;
    parameters = new TreeSet<>();
    OperatorFactory factory = compile(plan);
    Watched result = new Watched(factory, List.copyOf(parameters));
    around.addAll(parameters);
    parameters = around;
    return result;
  }

  /// A parameter is read by what is being compiled.
  void reads(Param param) {
    if (param.kind() == Param.Kind.EXEC) {
      parameters.add(param.index());
    }
  }

  CompiledPlan compile() {
    // Before anything that reads them: what a recursive query reads is made anew for each of its
    // rounds, and these must happen once.
    List<Function<ExecState, CteStore>> changes = new ArrayList<>();
    for (CommonTable table : statement.commonTables().keySet()) {
      if (table.modifies()) {
        changes.add(cteStore(table));
      }
    }
    OperatorFactory root = compile(statement.plan());
    List<Rep> execReps = statement.execParameters().stream().map(PlanCompiler::rep).toList();
    return new CompiledPlan(root, changes, execReps, cells);
  }

  void carry(int range, int attnum) {
    carried.add((long) range << 32 | attnum);
  }

  boolean isCarried(int range, int attnum) {
    return carried.contains((long) range << 32 | attnum);
  }

  /// The check constraints of a table.
  List<RowCheck> checks(Relation relation) {
    return RowChecks.of(relation, catalog, context);
  }

  /// Refuses to change rows of a published table that its subscribers could not find.
  void checkPublished(Relation relation, boolean delete) {
    if (!relation.replication().publications().isEmpty()) {
      PublicationChecks.check(relation, delete, catalog, context);
    }
  }

  @Nullable TableTriggers triggers(StoredTable stored) {
    return TableTriggers.of(stored, storage);
  }

  StoredTable stored(Relation relation) {
    return tables.computeIfAbsent(
        relation.oid(), oid -> new StoredTable(relation, storage, catalog, context));
  }

  /// How the values of a column are held; a row's place is a number whatever its type's form.
  static Rep rep(int type) {
    return type == Types.TID ? Rep.LONG : Types.get(type).rep();
  }

  static List<Rep> reps(List<Expression> expressions) {
    return expressions.stream().map(expr -> rep(expr.type())).toList();
  }

  static List<TypeOps> ops(List<? extends Expression> expressions) {
    return expressions.stream().map(expr -> Types.get(expr.type()).ops()).toList();
  }

  static int expected(Plan plan) {
    return (int) Math.min(plan.cost().rows(), 1 << 20);
  }

  Binder binder() {
    return new Binder(this);
  }

  private static IllegalStateException outsideHeapScan() {
    return new IllegalStateException("a bitmap outside a heap scan");
  }

  OperatorFactory compile(Plan plan) {
    return measured(plan, node(plan));
  }

  /// Counts what a node does, where that is wanted.
  OperatorFactory measured(Plan plan, OperatorFactory factory) {
    Instrumentation counters = instrumentation;
    return counters == null
        ? factory
        : (state, frame) -> counters.wrap(plan, factory.create(state, frame), state);
  }

  private OperatorFactory node(Plan plan) {
    return switch (plan) {
      case Plan.Result result -> result(result);
      case Plan.Project project -> project(project);
      case Plan.ProjectSet set -> new SetCompiler(this).projectSet(set);
      case Plan.SeqScan scan -> new ScanCompiler(this).seqScan(scan);
      case Plan.IndexScan scan -> new ScanCompiler(this).indexScan(scan);
      case Plan.BitmapHeapScan scan -> new BitmapCompiler(this).heapScan(scan);
      case Plan.BitmapIndexScan scan -> throw outsideHeapScan();
      case Plan.BitmapCombination combination -> throw outsideHeapScan();
      case Plan.FunctionScan scan -> new SetCompiler(this).functionScan(scan);
      case Plan.ValuesScan scan -> values(scan);
      case Plan.SubqueryScan scan ->
          filtered(pick(compile(scan.input()), scan.columns()), scan.output(), scan.filter());
      case Plan.CteScan scan -> cteScan(scan);
      case Plan.NestLoop join -> new JoinCompiler(this).nestLoop(join);
      case Plan.HashJoin join -> new JoinCompiler(this).hashJoin(join);
      case Plan.Material material -> material(material);
      case Plan.Sort sort -> sort(sort);
      case Plan.Limit limit -> limit(limit);
      case Plan.Aggregate aggregate -> new AggregateCompiler(this).compile(aggregate);
      case Plan.WindowAgg window -> new WindowCompiler(this).compile(window);
      case Plan.Unique unique -> unique(unique);
      case Plan.RecursiveUnion union -> recursiveUnion(union);
      case Plan.WorkTableScan scan -> workTableScan(scan);
      case Plan.Append append -> {
        List<OperatorFactory> inputs = append.inputs().stream().map(this::compile).toList();
        yield (state, frame) ->
            new AppendOperator(inputs.stream().map(input -> input.create(state, frame)).toList());
      }
      case Plan.SetOp set -> setOp(set);
      case Plan.LockRows lock -> new ModifyCompiler(this).lockRows(lock);
      case Plan.Insert insert -> new ModifyCompiler(this).insert(insert);
      case Plan.Modify modify -> new ModifyCompiler(this).modify(modify);
    };
  }

  /// Puts a filter on top, where there is a condition.
  OperatorFactory filtered(
      OperatorFactory input, List<Expression> columns, @Nullable Expression condition) {
    if (condition == null) {
      return input;
    }
    Expression bound = binder().input(0, columns).bind(condition);
    boolean mayWait = bound.anyMatch(BoundSubPlan.class::isInstance);
    Evaluator evaluator = ExprCompiler.of(bound);
    return (state, frame) ->
        new FilterOperator(input.create(state, frame), frame, evaluator, mayWait);
  }

  private OperatorFactory result(Plan.Result result) {
    Evaluator condition =
        result.oneTimeFilter() == null ? null : binder().compile(result.oneTimeFilter());
    Plan below = result.input();
    OperatorFactory input = below == null ? null : compile(below);
    return (state, frame) ->
        new ResultOperator(input == null ? null : input.create(state, frame), frame, condition);
  }

  private static OperatorFactory pick(OperatorFactory input, List<Integer> columns) {
    int[] picks = columns.stream().mapToInt(Integer::intValue).toArray();
    return (state, frame) -> new ProjectOperator(input.create(state, frame), frame, picks, NONE, 1);
  }

  private OperatorFactory project(Plan.Project project) {
    OperatorFactory input = compile(project.input());
    List<Expression> columns = project.input().output();
    Binder binder = binder().input(0, columns);
    int[] picks = new int[project.output().size()];
    List<Evaluator> computed = new ArrayList<>();
    for (int i = 0; i < picks.length; i++) {
      Expression expr = project.output().get(i);
      boolean samePlace = i < columns.size() && columns.get(i).equals(expr);
      int column = samePlace ? i : binder.columnOf(expr);
      if (column < 0) {
        computed.add(binder.compile(expr));
        column = -computed.size();
      }
      picks[i] = column;
    }
    Evaluator[] evaluators = computed.toArray(new Evaluator[0]);
    int expected = expected(project);
    return (state, frame) ->
        new ProjectOperator(input.create(state, frame), frame, picks, evaluators, expected);
  }

  private OperatorFactory values(Plan.ValuesScan scan) {
    List<Integer> columns = scan.output().stream().map(expr -> ((Var) expr).attno() - 1).toList();
    List<Evaluator[]> rows = new ArrayList<>();
    for (List<Expression> row : scan.range().rows()) {
      rows.add(binder().compileAll(columns.stream().map(row::get).toList()));
    }
    List<Rep> reps = reps(scan.output());
    return filtered(
        (state, frame) -> new ValuesOperator(frame, rows, reps), scan.output(), scan.filter());
  }

  /// The recursive term is made anew for each round, and with it whatever it keeps in cells of its
  /// own.
  private OperatorFactory recursiveUnion(Plan.RecursiveUnion union) {
    int workCell = cells++;
    workCells.put(union.workTable(), workCell);
    OperatorFactory initial = compile(union.initial());
    int firstCell = cells;
    OperatorFactory recursive = compile(union.recursive());
    int endCell = cells;
    List<Rep> reps = reps(union.output());
    List<TypeOps> distinct = union.all() ? List.of() : ops(union.output());
    return (state, frame) ->
        new RecursiveUnionOperator(
            state,
            initial.create(state, frame),
            () -> {
              state.clearCells(firstCell, endCell);
              return recursive.create(state, state.newFrame());
            },
            workCell,
            reps,
            distinct);
  }

  private OperatorFactory workTableScan(Plan.WorkTableScan scan) {
    Integer cell = workCells.get(scan.table());
    if (cell == null) {
      throw new IllegalStateException("a work table outside its recursive query");
    }
    List<Rep> reps = reps(scan.output());
    int[] picks = scan.columns().stream().mapToInt(Integer::intValue).toArray();
    return filtered(
        (state, frame) -> new WorkTableScanOperator(state, cell, reps, picks),
        scan.output(),
        scan.filter());
  }

  /// Where an execution keeps the rows of a WITH query.
  private Function<ExecState, CteStore> cteStore(CommonTable table) {
    Integer known = cteCells.get(table);
    int cell;
    if (known == null) {
      cell = cells++;
      cteCells.put(table, cell);
    } else {
      cell = known;
    }
    Plan plan = statement.commonTables().get(table);
    if (plan == null) {
      throw new IllegalStateException("a WITH query without a plan");
    }
    Watched query = ctePlans.get(table);
    if (query == null) {
      query = watched(plan);
      ctePlans.put(table, query);
    }
    parameters.addAll(query.parameters);
    Watched source = query;
    List<Rep> queryReps = reps(plan.output());
    return state -> {
      if (state.cell(cell) instanceof CteStore shared) {
        return shared;
      }
      Operator rows = source.factory.create(state, state.newFrame());
      CteStore store = new CteStore(rows, queryReps, source.watch(state));
      state.cell(cell, store);
      return store;
    };
  }

  private OperatorFactory cteScan(Plan.CteScan scan) {
    Function<ExecState, CteStore> store = cteStore(scan.table());
    List<Rep> reps = reps(scan.output());
    int[] picks = scan.columns().stream().mapToInt(Integer::intValue).toArray();
    OperatorFactory reader = (state, frame) -> new CteScanOperator(store.apply(state), reps, picks);
    return filtered(reader, scan.output(), scan.filter());
  }

  private OperatorFactory material(Plan.Material material) {
    Watched input = watched(material.input());
    List<Rep> reps = reps(material.output());
    int expected = expected(material);
    return (state, frame) ->
        new MaterialOperator(
            input.factory.create(state, frame), reps, expected, input.watch(state), false);
  }

  private OperatorFactory sort(Plan.Sort sort) {
    OperatorFactory input = compile(sort.input());
    Binder binder = binder().input(0, sort.input().output());
    List<Expression> computed = new ArrayList<>();
    List<RowOrder.Key> keys = new ArrayList<>();
    for (SortItem item : sort.keys()) {
      int column = binder.columnOf(item.expr());
      if (column < 0) {
        column = sort.input().output().size() + computed.size();
        computed.add(item.expr());
      }
      TypeOps ops = Types.get(item.expr().type()).ops();
      keys.add(new RowOrder.Key(column, item.descending(), item.nullsFirst(), ops::compare));
    }
    List<Expression> columns = new ArrayList<>(sort.input().output());
    columns.addAll(computed);
    OperatorFactory wide =
        computed.isEmpty() ? input : widened(input, sort.input().output().size(), binder, computed);
    List<Rep> reps = reps(columns);
    RowOrder order = new RowOrder(keys);
    Bounds bounds = bounds(sort.bound());
    int expected = expected(sort);
    TupleCodec codec = codec(columns);
    return (state, frame) ->
        new SortOperator(
            state,
            wide.create(state, frame),
            reps,
            order,
            () -> bounds.rowsNeeded(frame),
            expected,
            state.memory(),
            codec == null
                ? null
                : () ->
                    new RowRuns(
                        storage.tempFiles(state.xact()),
                        codec,
                        reps,
                        order,
                        state.memory(),
                        state.tempFileLimitKb()));
  }

  /// How rows of these columns are written to a file; null where one of them cannot be.
  static @Nullable TupleCodec codec(List<Expression> columns) {
    List<PgType> types = new ArrayList<>();
    for (Expression column : columns) {
      PgType type = Types.get(column.type() == Types.TID ? Types.INT8 : column.type());
      if (!type.ops().isStored()) {
        return null;
      }
      types.add(type);
    }
    return new TupleCodec(types);
  }

  /// The input with sort keys as further columns.
  static OperatorFactory widened(
      OperatorFactory input, int width, Binder binder, List<Expression> computed) {
    Evaluator[] evaluators = binder.compileAll(computed);
    int[] picks = new int[width + computed.size()];
    for (int i = 0; i < picks.length; i++) {
      picks[i] = i < width ? i : -1 - (i - width);
    }
    return (state, frame) ->
        new ProjectOperator(input.create(state, frame), frame, picks, evaluators, 64);
  }

  /// LIMIT and OFFSET, ready to be evaluated.
  private record Bounds(@Nullable Evaluator limit, @Nullable Evaluator offset) {
    long limit(EvalFrame frame) {
      return value(limit, frame, LimitOperator.NO_LIMIT, true);
    }

    long offset(EvalFrame frame) {
      return value(offset, frame, 0, false);
    }

    long rowsNeeded(EvalFrame frame) {
      long rows = limit(frame);
      long skipped = rows == LimitOperator.NO_LIMIT ? 0 : offset(frame);
      return rows > LimitOperator.NO_LIMIT - skipped ? LimitOperator.NO_LIMIT : rows + skipped;
    }

    private static long value(
        @Nullable Evaluator evaluator, EvalFrame frame, long none, boolean isLimit) {
      if (evaluator == null) {
        return none;
      }
      long value = evaluator.evalLong(frame);
      boolean isNull = frame.isNull;
      frame.rowDone();
      if (isNull) {
        return none;
      }
      if (value < 0) {
        throw isLimit
            ? PgException.error(
                SqlState.INVALID_ROW_COUNT_IN_LIMIT_CLAUSE, "LIMIT must not be negative")
            : PgException.error(
                SqlState.INVALID_ROW_COUNT_IN_RESULT_OFFSET_CLAUSE, "OFFSET must not be negative");
      }
      return value;
    }
  }

  private Bounds bounds(Query.@Nullable Limits limits) {
    if (limits == null) {
      return new Bounds(null, null);
    }
    Expression limit = limits.limit();
    Expression offset = limits.offset();
    return new Bounds(
        limit == null ? null : binder().compile(limit),
        offset == null ? null : binder().compile(offset));
  }

  private OperatorFactory limit(Plan.Limit limit) {
    OperatorFactory input = compile(limit.input());
    Bounds bounds = bounds(limit.limits());
    return (state, frame) -> {
      LongSupplier offset = () -> bounds.offset(frame);
      LongSupplier count = () -> bounds.limit(frame);
      return new LimitOperator(input.create(state, frame), offset, count);
    };
  }

  private OperatorFactory unique(Plan.Unique unique) {
    OperatorFactory input = compile(unique.input());
    Binder binder = binder().input(0, unique.input().output());
    int[] columns = unique.columns().stream().mapToInt(binder::columnOf).toArray();
    List<TypeOps> ops = ops(unique.columns());
    return (state, frame) -> new UniqueOperator(input.create(state, frame), columns, ops);
  }

  private OperatorFactory setOp(Plan.SetOp set) {
    OperatorFactory left = compile(set.left());
    OperatorFactory right = compile(set.right());
    List<TypeOps> ops = ops(set.output());
    int expected = expected(set);
    return (state, frame) ->
        new SetOpOperator(
            state,
            set.operation(),
            set.all(),
            left.create(state, frame),
            right.create(state, frame),
            ops,
            expected);
  }

  /// What is the same wherever a subplan stands.
  private record BoundParts(OperatorFactory plan, int cell) {}

  BoundSubPlan bind(SubPlanExpr subplan, Binder binder) {
    BoundParts parts = subplans.get(subplan);
    if (parts == null) {
      parts = new BoundParts(compile(subplan.plan()), cells++);
      subplans.put(subplan, parts);
    }
    List<Integer> indexes = new ArrayList<>();
    List<Expression> values = new ArrayList<>();
    for (Plan.ParamAssignment parameter : subplan.parameters()) {
      indexes.add(parameter.parameter().index());
      values.add(binder.bind(parameter.value()));
    }
    List<PgType> types =
        subplan.plan().output().stream().map(expr -> Types.get(expr.type())).toList();
    Expression test = subplan.test();
    return new BoundSubPlan(
        subplan.kind(),
        subplan.type(),
        subplan.typmod(),
        parts.plan,
        parts.cell,
        indexes,
        values,
        test == null ? null : binder.bind(test),
        subplan.testColumns().stream().map(Param::index).toList(),
        types,
        subplan.location());
  }
}
