package dev.lifeline.parser.analyze;

import dev.lifeline.executor.expr.Expression;
import dev.lifeline.executor.expr.WindowFunc;
import dev.lifeline.parser.tree.LockClauseStrength;
import dev.lifeline.parser.tree.LockWaitPolicy;
import dev.lifeline.parser.tree.SetOperation;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A statement whose names and types are known: what the analysis makes of a parse tree and the
/// planner makes a plan of. Immutable; expressions name columns by
/// [dev.lifeline.executor.expr.Var].
public sealed interface Query {
  /// The columns that it returns, without those that only its sorting needs.
  List<Output> outputs();

  /// The queries of its WITH clause.
  List<CommonTable> with();

  /// A column of the result, or one that only sorting or grouping needs (`junk`).
  ///
  /// @param tableOid the table that it comes from when it is a plain column, or 0
  /// @param attnum its number there, or 0
  record Output(String name, Expression expr, boolean junk, int tableOid, int attnum) {}

  /// ORDER BY one of the targets.
  ///
  /// @param target its number in the list of targets, from 0
  record SortKey(int target, boolean descending, boolean nullsFirst) {}

  /// FOR UPDATE and its kin, for one entry.
  record RowMark(RangeEntry.Table range, LockClauseStrength strength, LockWaitPolicy policy) {}

  /// LIMIT and OFFSET, of type int8.
  record Limits(@Nullable Expression limit, @Nullable Expression offset) {
    public static final Limits NONE = new Limits(null, null);

    public boolean isNone() {
      return limit == null && offset == null;
    }
  }

  /// A plain SELECT. VALUES is one over a [RangeEntry.Values].
  ///
  /// @param from joined with each other without a condition; none: one row without columns
  /// @param targets the outputs and, after them, the junk
  /// @param groupBy the targets that are grouped by
  /// @param groupingSets of GROUPING SETS, ROLLUP and CUBE the targets of each set, the larger sets
  ///   first; none: the one set is `groupBy`
  /// @param grouped whether the rows are grouped at all: GROUP BY, HAVING, or an aggregate
  /// @param windows by the numbers that the window function calls name
  /// @param distinct whether equal rows are returned once
  /// @param distinctOn with `distinct`, the targets that decide about it; none: all outputs
  record Select(
      List<FromItem> from,
      @Nullable Expression where,
      List<Output> targets,
      List<Integer> groupBy,
      List<List<Integer>> groupingSets,
      boolean grouped,
      @Nullable Expression having,
      List<Window> windows,
      boolean distinct,
      List<Integer> distinctOn,
      List<SortKey> orderBy,
      Limits limits,
      List<RowMark> rowMarks,
      List<CommonTable> with)
      implements Query {
    public Select {
      from = List.copyOf(from);
      targets = List.copyOf(targets);
      groupBy = List.copyOf(groupBy);
      groupingSets = List.copyOf(groupingSets);
      windows = List.copyOf(windows);
      distinctOn = List.copyOf(distinctOn);
      orderBy = List.copyOf(orderBy);
      rowMarks = List.copyOf(rowMarks);
      with = List.copyOf(with);
    }

    /// Rows that are only joined, filtered and computed.
    public static Select of(List<FromItem> from, @Nullable Expression where, List<Output> targets) {
      return new Select(
          from,
          where,
          targets,
          List.of(),
          List.of(),
          false,
          null,
          List.of(),
          false,
          List.of(),
          List.of(),
          Limits.NONE,
          List.of(),
          List.of());
    }

    /// The same over other rows.
    public Select withFrom(List<FromItem> newFrom, @Nullable Expression newWhere) {
      return new Select(
          newFrom,
          newWhere,
          targets,
          groupBy,
          groupingSets,
          grouped,
          having,
          windows,
          distinct,
          distinctOn,
          orderBy,
          limits,
          rowMarks,
          with);
    }

    Select withTargets(List<Output> newTargets) {
      return new Select(
          from,
          where,
          newTargets,
          groupBy,
          groupingSets,
          grouped,
          having,
          windows,
          distinct,
          distinctOn,
          orderBy,
          limits,
          rowMarks,
          with);
    }

    /// Whether a window function is called at this level.
    public boolean hasWindowFunctions() {
      return !windows.isEmpty() && callWindowFunctions(targets);
    }

    @Override
    public List<Output> outputs() {
      return targets.stream().filter(target -> !target.junk()).toList();
    }
  }

  /// Whether one of these calls a window function at its level.
  static boolean callWindowFunctions(List<Output> outputs) {
    return outputs.stream()
        .anyMatch(output -> output.expr().anyMatch(WindowFunc.class::isInstance));
  }

  /// UNION, INTERSECT or EXCEPT. Both sides return columns of the types of `outputs`.
  ///
  /// @param orderBy by outputs
  /// @param range the entry that the outputs' expressions name, for what stands above
  record SetOperationQuery(
      SetOperation operation,
      boolean all,
      Query left,
      Query right,
      RangeEntry range,
      List<Output> outputs,
      List<SortKey> orderBy,
      Limits limits,
      List<CommonTable> with)
      implements Query {
    public SetOperationQuery {
      outputs = List.copyOf(outputs);
      orderBy = List.copyOf(orderBy);
      with = List.copyOf(with);
    }
  }

  /// A query of WITH RECURSIVE that refers to itself.
  ///
  /// @param workTable what its name is in the recursive term
  /// @param all whether rows that were found before are found again
  record RecursiveUnion(
      CommonTable workTable,
      Query initial,
      Query recursive,
      boolean all,
      RangeEntry range,
      List<Output> outputs,
      List<CommonTable> with)
      implements Query {
    public RecursiveUnion {
      outputs = List.copyOf(outputs);
      with = List.copyOf(with);
    }
  }

  /// INSERT.
  ///
  /// @param source its outputs are the values of all columns of the table, in the order of their
  ///   numbers (a dropped one's is a null)
  /// @param outputs RETURNING
  record Insert(
      RangeEntry.Table target,
      Query source,
      @Nullable OnConflict onConflict,
      List<Output> outputs,
      List<CommonTable> with)
      implements Query {
    public Insert {
      outputs = List.copyOf(outputs);
      with = List.copyOf(with);
    }
  }

  /// ON CONFLICT.
  ///
  /// @param arbiters the oids of the unique indexes that are meant; none: all
  /// @param assignments null for DO NOTHING
  /// @param excluded the entry that `excluded` names
  record OnConflict(
      List<Integer> arbiters,
      @Nullable List<Assignment> assignments,
      @Nullable Expression where,
      RangeEntry.@Nullable Table excluded) {
    public OnConflict {
      arbiters = List.copyOf(arbiters);
    }

    /// The same with other expressions.
    public OnConflict with(
        @Nullable List<Assignment> newAssignments, @Nullable Expression newWhere) {
      return new OnConflict(arbiters, newAssignments, newWhere, excluded);
    }
  }

  /// A column's new value.
  record Assignment(int attnum, Expression value) {}

  /// UPDATE, or (without assignments) DELETE.
  ///
  /// @param from what it is joined with
  record Modify(
      RangeEntry.Table target,
      boolean delete,
      List<Assignment> assignments,
      List<FromItem> from,
      @Nullable Expression where,
      List<Output> outputs,
      List<CommonTable> with)
      implements Query {
    public Modify {
      assignments = List.copyOf(assignments);
      from = List.copyOf(from);
      outputs = List.copyOf(outputs);
      with = List.copyOf(with);
    }
  }
}
