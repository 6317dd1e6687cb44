package dev.lifeline.executor;

import dev.lifeline.executor.expr.Expression;
import dev.lifeline.executor.node.CursorRows;
import dev.lifeline.executor.node.MaterialOperator;
import dev.lifeline.executor.node.ModifyingOperator;
import dev.lifeline.executor.node.Operator;
import dev.lifeline.executor.node.ParameterWatch;
import dev.lifeline.optimizer.Plan;
import dev.lifeline.optimizer.PlannedStatement;
import dev.lifeline.parser.analyze.CommonTable;
import dev.lifeline.parser.analyze.Query;
import dev.lifeline.parser.analyze.RelationUse;
import dev.lifeline.utils.adt.PgType;
import dev.lifeline.utils.adt.Types;
import dev.lifeline.utils.batch.Rep;
import dev.lifeline.utils.guc.Gucs;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A planned and compiled SELECT, INSERT, UPDATE or DELETE: immutable, shared by all who execute
/// it.
public final class QueryPlan {
  private final PlannedStatement planned;
  private final CompiledPlan compiled;
  private final Storage storage;
  private final @Nullable List<ResultColumn> resultColumns;

  private QueryPlan(PlannedStatement planned, CompiledPlan compiled, Storage storage) {
    this.planned = planned;
    this.compiled = compiled;
    this.storage = storage;
    this.resultColumns = resultColumns(planned);
  }

  /// Compiles a plan.
  public static QueryPlan of(PlannedStatement planned, SessionContext session, Storage storage) {
    return new QueryPlan(
        planned,
        new PlanCompiler(planned, storage, session.catalog(), session.evalContext(), null)
            .compile(),
        storage);
  }

  /// The same plan, for one execution whose nodes are watched.
  QueryPlan instrumented(SessionContext session, Instrumentation counters) {
    return new QueryPlan(
        planned,
        new PlanCompiler(planned, storage, session.catalog(), session.evalContext(), counters)
            .compile(),
        storage);
  }

  private static @Nullable List<ResultColumn> resultColumns(PlannedStatement planned) {
    boolean changes =
        planned.query() instanceof Query.Insert || planned.query() instanceof Query.Modify;
    if (changes && planned.outputs().isEmpty()) {
      return null;
    }
    List<ResultColumn> columns = new ArrayList<>();
    for (Query.Output output : planned.outputs()) {
      PgType type = Types.get(output.expr().type());
      columns.add(
          new ResultColumn(
              output.name(),
              output.tableOid(),
              output.attnum(),
              type.oid(),
              type.length(),
              output.expr().typmod()));
    }
    return List.copyOf(columns);
  }

  public PlannedStatement planned() {
    return planned;
  }

  CompiledPlan compiled() {
    return compiled;
  }

  public @Nullable List<ResultColumn> resultColumns() {
    return resultColumns;
  }

  List<RelationUse> relations() {
    return planned.relations();
  }

  /// The first words of the command tag.
  public String commandName() {
    return switch (planned.query()) {
      case Query.Select select -> "SELECT";
      case Query.SetOperationQuery set -> "SELECT";
      case Query.RecursiveUnion union -> "SELECT";
      case Query.Insert insert -> "INSERT";
      case Query.Modify modify -> modify.delete() ? "DELETE" : "UPDATE";
    };
  }

  /// Whether it changes tables, be it in its WITH clause only.
  boolean modifies() {
    return tellsChanges()
        || planned.commonTables().keySet().stream().anyMatch(CommonTable::modifies);
  }

  /// Whether its command tag tells how many rows were changed.
  boolean tellsChanges() {
    return planned.query() instanceof Query.Insert || planned.query() instanceof Query.Modify;
  }

  boolean locksRows() {
    return planned.query() instanceof Query.Select select && !select.rowMarks().isEmpty();
  }

  /// The operator at the top. One that changes data and returns rows is run to its end before the
  /// first row goes out if the client asks for them piece by piece: what it does must not depend on
  /// how far the client reads.
  Operator open(ExecState state, boolean piecewise) {
    Operator root = openOnly(state);
    if (piecewise && modifies()) {
      List<Rep> reps = PlanCompiler.reps(planned.plan().output());
      return new MaterialModifying(root, reps, state);
    }
    return root;
  }

  /// What is changed is followed by the triggers that it calls for.
  private Operator openOnly(ExecState state) {
    return modifies() ? compiled.openModifying(state) : compiled.open(state);
  }

  /// A materialized operator that still tells how many rows were changed.
  private static final class MaterialModifying implements ModifyingOperator {
    private final Operator operator;
    private final MaterialOperator material;

    MaterialModifying(Operator operator, List<Rep> reps, ExecState state) {
      this.operator = operator;
      this.material =
          new MaterialOperator(operator, reps, 64, new ParameterWatch(state, List.of()), true);
    }

    @Override
    public dev.lifeline.utils.batch.@Nullable Batch next() {
      return material.next();
    }

    @Override
    public long count() {
      return operator instanceof ModifyingOperator modifying ? modifying.count() : 0;
    }

    @Override
    public void rescan() {
      material.rescan();
    }

    @Override
    public void close() {
      material.close();
    }
  }

  /// A place for a cursor to keep the rows in.
  CursorRows newRows(SessionContext session) {
    List<Expression> columns = planned.plan().output();
    return new CursorRows(
        PlanCompiler.reps(columns),
        PlanCompiler.codec(columns),
        storage.tempFiles(session.xact()),
        session.gucs().get(Gucs.WORK_MEM) * 1024L,
        session.gucs().get(Gucs.TEMP_FILE_LIMIT));
  }

  boolean isInsert() {
    return planned.plan() instanceof Plan.Insert;
  }
}
