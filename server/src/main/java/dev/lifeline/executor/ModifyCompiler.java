package dev.lifeline.executor;

import dev.lifeline.access.table.RowLock;
import dev.lifeline.catalog.Relation;
import dev.lifeline.executor.expr.Evaluator;
import dev.lifeline.executor.expr.Expression;
import dev.lifeline.executor.expr.ParseLoc;
import dev.lifeline.executor.expr.Var;
import dev.lifeline.executor.node.ConflictHandler;
import dev.lifeline.executor.node.InsertOperator;
import dev.lifeline.executor.node.LockRowsOperator;
import dev.lifeline.executor.node.ModifyOperator;
import dev.lifeline.executor.node.RowShape;
import dev.lifeline.executor.trigger.TableTriggers;
import dev.lifeline.optimizer.Plan;
import dev.lifeline.optimizer.RowRecheck;
import dev.lifeline.parser.analyze.Query;
import dev.lifeline.parser.analyze.RangeEntry;
import dev.lifeline.parser.tree.LockWaitPolicy;
import dev.lifeline.utils.batch.Batch;
import dev.lifeline.utils.batch.Rep;
import dev.lifeline.utils.guc.Gucs;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Compiles what changes tables or locks rows.
final class ModifyCompiler {
  private final PlanCompiler compiler;

  ModifyCompiler(PlanCompiler compiler) {
    this.compiler = compiler;
  }

  /// A whole row of the table as its columns: one expression for each, also for dropped ones.
  private static List<Expression> wholeRow(RangeEntry.Table table) {
    List<Expression> columns = new ArrayList<>();
    for (Relation.Column column : table.relation().columns()) {
      columns.add(
          new Var(
              table.id(), column.attnum(), 0, column.typeOid(), column.typmod(), ParseLoc.NONE));
    }
    return columns;
  }

  OperatorFactory insert(Plan.Insert insert) {
    OperatorFactory input = compiler.compile(insert.input());
    StoredTable stored = compiler.stored(insert.target().relation());
    List<RowCheck> checks = compiler.checks(insert.target().relation());
    List<Expression> row = wholeRow(insert.target());
    Evaluator[] returning = compiler.binder().input(0, row).compileAll(insert.output());
    Conflict conflict = insert.onConflict() == null ? null : conflict(insert.onConflict(), row);
    if (conflict != null && conflict.assigned != null) {
      compiler.checkPublished(insert.target().relation(), false);
    }
    TableTriggers triggers = compiler.triggers(stored);
    return (state, frame) -> {
      TableWriter writer = new TableWriter(stored, checks, frame, fired(triggers, state));
      ConflictHandler handler =
          conflict == null
              ? null
              : new ConflictHandler(
                  state,
                  frame,
                  writer,
                  conflict.arbiters,
                  conflict.assigned,
                  conflict.values,
                  conflict.condition);
      return new InsertOperator(
          state, frame, input.create(state, frame), writer, handler, returning);
    };
  }

  /// A session that repeats what was done elsewhere takes for granted that it was right.
  private static @Nullable TableTriggers fired(@Nullable TableTriggers triggers, ExecState state) {
    return triggers == null
            || state.session().gucs().get(Gucs.SESSION_REPLICATION_ROLE).equals("replica")
        ? null
        : triggers;
  }

  /// ON CONFLICT, compiled.
  private static final class Conflict {
    final List<Integer> arbiters;
    final int @Nullable [] assigned;
    final Evaluator[] values;
    final @Nullable Evaluator condition;

    Conflict(
        List<Integer> arbiters,
        int @Nullable [] assigned,
        Evaluator[] values,
        @Nullable Evaluator condition) {
      this.arbiters = arbiters;
      this.assigned = assigned;
      this.values = values;
      this.condition = condition;
    }
  }

  private Conflict conflict(Query.OnConflict onConflict, List<Expression> row) {
    List<Query.Assignment> assignments = onConflict.assignments();
    RangeEntry.Table excluded = onConflict.excluded();
    if (assignments == null || excluded == null) {
      return new Conflict(onConflict.arbiters(), null, new Evaluator[0], null);
    }
    Binder binder = compiler.binder().input(0, row).input(1, wholeRow(excluded));
    Expression where = onConflict.where();
    return new Conflict(
        onConflict.arbiters(),
        assignments.stream().mapToInt(a -> a.attnum() - 1).toArray(),
        binder.compileAll(assignments.stream().map(Query.Assignment::value).toList()),
        where == null ? null : binder.compile(where));
  }

  OperatorFactory modify(Plan.Modify modify) {
    Relation relation = modify.target().relation();
    compiler.checkPublished(relation, modify.delete());
    StoredTable stored = compiler.stored(relation);
    if (stored.toast() != null) {
      carryUnread(modify, stored);
    }
    OperatorFactory input = compiler.compile(modify.input());
    List<RowCheck> checks = compiler.checks(relation);
    List<Expression> columns = modify.input().output();
    RowShape shape = ScanCompiler.shape(relation, modify.target().id(), columns);
    int[] fetched = shape.targets().clone();
    for (int c = 0; c < fetched.length; c++) {
      if (compiler.isCarried(modify.target().id(), c + 1)) {
        fetched[c] = -1;
      }
    }
    Binder binder = compiler.binder().input(0, columns);
    int[] assigned = modify.assignments().stream().mapToInt(a -> a.attnum() - 1).toArray();
    Evaluator[] values =
        binder.compileAll(modify.assignments().stream().map(Query.Assignment::value).toList());
    Expression condition = modify.recheck();
    Evaluator recheck = condition == null ? null : binder.compile(condition);
    Evaluator[] returning = binder.compileAll(modify.output());
    List<Rep> reps = PlanCompiler.reps(modify.output());
    TableTriggers triggers = compiler.triggers(stored);
    return (state, frame) ->
        new ModifyOperator(
            state,
            frame,
            input.create(state, frame),
            new TableWriter(stored, checks, state.newFrame(), fired(triggers, state)),
            shape,
            fetched,
            modify.delete(),
            assigned,
            values,
            recheck,
            returning,
            reps.isEmpty() ? null : new Batch(reps, 16));
  }

  /// The long values of columns that the statement does not look at stay where they are.
  private void carryUnread(Plan.Modify modify, StoredTable stored) {
    Set<Expression> read = new HashSet<>();
    modify.assignments().forEach(a -> ScanCompiler.addVars(a.value(), read));
    modify.output().forEach(expr -> ScanCompiler.addVars(expr, read));
    Expression condition = modify.recheck();
    if (condition != null) {
      ScanCompiler.addVars(condition, read);
    }
    int range = modify.target().id();
    boolean checked =
        !stored.generated().isEmpty()
            || stored.relation().constraints().stream().anyMatch(c -> c.checkSource() != null);
    for (int c = 0; !checked && c < stored.types().size(); c++) {
      int column = c;
      boolean isRead =
          read.stream()
                  .anyMatch(
                      e -> e instanceof Var v && v.varno() == range && v.attno() == column + 1)
              || stored.indexes().stream().anyMatch(index -> index.columns().contains(column))
              || TableTriggers.reads(stored.relation(), column);
      if (!isRead) {
        compiler.carry(range, column + 1);
      }
    }
  }

  OperatorFactory lockRows(Plan.LockRows lock) {
    OperatorFactory input = compiler.compile(lock.input());
    List<Expression> columns = lock.input().output();
    List<LockRowsOperator.Mark> marks = new ArrayList<>();
    for (Query.RowMark mark : lock.marks()) {
      Relation relation = mark.range().relation();
      marks.add(
          new LockRowsOperator.Mark(
              compiler.stored(relation),
              ScanCompiler.shape(relation, mark.range().id(), columns),
              strength(mark),
              mark.policy() == LockWaitPolicy.SKIP,
              mark.policy() == LockWaitPolicy.ERROR));
    }
    Binder binder = compiler.binder().input(0, columns);
    List<LockRowsOperator.NullableSide> nullables = new ArrayList<>();
    for (RowRecheck.OuterJoin outer : lock.recheck().outer()) {
      nullables.add(
          new LockRowsOperator.NullableSide(
              binder.compile(outer.condition()), columnsOf(columns, outer.nullable())));
    }
    Expression condition = lock.recheck().condition();
    Evaluator recheck = condition == null ? null : binder.compile(condition);
    return (state, frame) ->
        new LockRowsOperator(state, frame, input.create(state, frame), marks, nullables, recheck);
  }

  /// Which outputs are columns of these entries.
  private static List<Integer> columnsOf(List<Expression> outputs, Set<Integer> entries) {
    List<Integer> result = new ArrayList<>();
    for (int i = 0; i < outputs.size(); i++) {
      if (outputs.get(i) instanceof Var column && entries.contains(column.varno())) {
        result.add(i);
      }
    }
    return result;
  }

  private static RowLock strength(Query.RowMark mark) {
    return switch (mark.strength()) {
      case FOR_KEY_SHARE -> RowLock.KEY_SHARE;
      case FOR_SHARE -> RowLock.SHARE;
      case FOR_NO_KEY_UPDATE -> RowLock.NO_KEY_UPDATE;
      case FOR_UPDATE -> RowLock.UPDATE;
    };
  }
}
