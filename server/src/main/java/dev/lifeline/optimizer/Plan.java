package dev.lifeline.optimizer;

import dev.lifeline.catalog.Relation;
import dev.lifeline.executor.expr.Aggref;
import dev.lifeline.executor.expr.Expression;
import dev.lifeline.executor.expr.GroupingExpr;
import dev.lifeline.executor.expr.Param;
import dev.lifeline.executor.expr.WindowFunc;
import dev.lifeline.parser.analyze.CommonTable;
import dev.lifeline.parser.analyze.FromItem;
import dev.lifeline.parser.analyze.Query;
import dev.lifeline.parser.analyze.RangeEntry;
import dev.lifeline.parser.analyze.Window;
import dev.lifeline.parser.tree.SetOperation;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// A node of a plan: immutable, so that it is compiled once and shared by all who execute it.
///
/// `output` says what each column of its rows is, in the query's own terms (a `Var`, an aggregate,
/// a whole output expression): the nodes above find their inputs by that. The expressions of a node
/// are over the outputs of its inputs.
public sealed interface Plan {
  Cost cost();

  List<Expression> output();

  /// The nodes below it, the outer one first.
  List<Plan> inputs();

  /// One row, or the rows of an input while a condition holds that needs none of them.
  record Result(
      Cost cost, List<Expression> output, @Nullable Plan input, @Nullable Expression oneTimeFilter)
      implements Plan {
    @Override
    public List<Plan> inputs() {
      return input == null ? List.of() : List.of(input);
    }
  }

  /// Other expressions over the same rows. PostgreSQL's nodes all project; EXPLAIN does not show
  /// it.
  record Project(Cost cost, List<Expression> output, Plan input) implements Plan {
    @Override
    public List<Plan> inputs() {
      return List.of(input);
    }
  }

  /// Expressions some of which return sets: each input row becomes as many as the longest set has.
  record ProjectSet(Cost cost, List<Expression> output, Plan input) implements Plan {
    @Override
    public List<Plan> inputs() {
      return List.of(input);
    }
  }

  /// All rows of a table.
  ///
  /// @param narrowing those conditions of the filter that a virtual table can use so as not to make
  ///   all of its rows
  /// @param order in which a virtual table gives its rows; null for none
  record SeqScan(
      Cost cost,
      List<Expression> output,
      RangeEntry.Table range,
      @Nullable Expression filter,
      List<IndexCondition> narrowing,
      @Nullable SortItem order)
      implements Plan {
    /// Whether the rows come from the last to the first.
    public boolean backward() {
      return order != null && order.descending();
    }

    @Override
    public List<Plan> inputs() {
      return List.of();
    }
  }

  /// The rows that part of an index leads to, in its order.
  ///
  /// @param keys what the index is in the order of
  /// @param conditions on the index's first columns: equalities, then at most one range
  /// @param only whether its entries tell all that is wanted of the rows
  record IndexScan(
      Cost cost,
      List<Expression> output,
      RangeEntry.Table range,
      Relation.Index index,
      List<Expression> keys,
      List<IndexCondition> conditions,
      boolean backward,
      @Nullable Expression filter,
      boolean only)
      implements Plan {
    @Override
    public List<Plan> inputs() {
      return List.of();
    }
  }

  /// The tids that part of an index leads to, as a bitmap for the nodes above.
  ///
  /// @param keys what the index is in the order of
  record BitmapIndexScan(
      Cost cost, Relation.Index index, List<Expression> keys, List<IndexCondition> conditions)
      implements Plan {
    @Override
    public List<Expression> output() {
      return List.of();
    }

    @Override
    public List<Plan> inputs() {
      return List.of();
    }
  }

  /// What bitmaps have in common, or all that is in any of them.
  record BitmapCombination(Cost cost, boolean and, List<Plan> inputs) implements Plan {
    public BitmapCombination {
      inputs = List.copyOf(inputs);
    }

    @Override
    public List<Expression> output() {
      return List.of();
    }
  }

  /// The rows that a bitmap leads to, in the order of their pages.
  ///
  /// @param recheck what the bitmap stands for: to be looked at for pages of which it does not know
  ///   the rows
  record BitmapHeapScan(
      Cost cost,
      List<Expression> output,
      RangeEntry.Table range,
      Plan bitmap,
      @Nullable Expression recheck,
      @Nullable Expression filter)
      implements Plan {
    @Override
    public List<Plan> inputs() {
      return List.of(bitmap);
    }
  }

  /// A condition that an index's order answers.
  ///
  /// @param key which of the index's columns, from 0
  /// @param value what it is compared with, for ANY an array; null for IS NULL and IS NOT NULL
  /// @param shown the condition as it was written
  record IndexCondition(int key, Kind kind, @Nullable Expression value, Expression shown) {
    /// The comparisons.
    public enum Kind {
      EQUAL,
      /// Equal to one of an array.
      ANY,
      LESS,
      LESS_EQUAL,
      GREATER,
      GREATER_EQUAL,
      IS_NULL,
      IS_NOT_NULL
    }
  }

  record FunctionScan(
      Cost cost, List<Expression> output, RangeEntry.Function range, @Nullable Expression filter)
      implements Plan {
    @Override
    public List<Plan> inputs() {
      return List.of();
    }
  }

  record ValuesScan(
      Cost cost, List<Expression> output, RangeEntry.Values range, @Nullable Expression filter)
      implements Plan {
    @Override
    public List<Plan> inputs() {
      return List.of();
    }
  }

  /// A subquery's rows under the names that the query around it has for them: column by column.
  ///
  /// @param columns which of the input's columns each output is
  record SubqueryScan(
      Cost cost,
      List<Expression> output,
      String alias,
      List<Integer> columns,
      Plan input,
      @Nullable Expression filter)
      implements Plan {
    @Override
    public List<Plan> inputs() {
      return List.of(input);
    }
  }

  /// The rows of a WITH query, which is computed once.
  ///
  /// @param columns which of the query's columns each output is
  record CteScan(
      Cost cost,
      List<Expression> output,
      String alias,
      CommonTable table,
      List<Integer> columns,
      @Nullable Expression filter)
      implements Plan {
    @Override
    public List<Plan> inputs() {
      return List.of();
    }
  }

  /// A join that reads its inner side for each outer row.
  ///
  /// @param parameters what the inner side reads of the outer row
  /// @param joinFilter decides whether two rows match
  /// @param filter is applied to what the join yields, also to rows filled up with nulls
  record NestLoop(
      Cost cost,
      List<Expression> output,
      FromItem.Type type,
      Plan outer,
      Plan inner,
      List<ParamAssignment> parameters,
      @Nullable Expression joinFilter,
      @Nullable Expression filter)
      implements Plan {
    @Override
    public List<Plan> inputs() {
      return List.of(outer, inner);
    }
  }

  /// A value of an outer row that becomes a parameter of what is below.
  record ParamAssignment(Param parameter, Expression value) {}

  /// A join by equality.
  ///
  /// @param keys the equalities; the inner side is the one that is hashed
  record HashJoin(
      Cost cost,
      List<Expression> output,
      FromItem.Type type,
      Plan outer,
      Plan inner,
      List<HashKey> keys,
      @Nullable Expression joinFilter,
      @Nullable Expression filter)
      implements Plan {
    @Override
    public List<Plan> inputs() {
      return List.of(outer, inner);
    }
  }

  /// An equality between the two sides of a join.
  ///
  /// @param shown as it was written
  record HashKey(Expression outer, Expression inner, Expression shown) {}

  record Material(Cost cost, Plan input) implements Plan {
    @Override
    public List<Expression> output() {
      return input.output();
    }

    @Override
    public List<Plan> inputs() {
      return List.of(input);
    }
  }

  /// The rows in an order.
  ///
  /// @param bound the Limit above it, which makes it keep no more rows than that needs
  record Sort(Cost cost, Plan input, List<SortItem> keys, Query.@Nullable Limits bound)
      implements Plan {
    @Override
    public List<Expression> output() {
      return input.output();
    }

    @Override
    public List<Plan> inputs() {
      return List.of(input);
    }
  }

  record Limit(Cost cost, Plan input, Query.Limits limits) implements Plan {
    @Override
    public List<Expression> output() {
      return input.output();
    }

    @Override
    public List<Plan> inputs() {
      return List.of(input);
    }
  }

  /// How groups are found.
  enum GroupStrategy {
    /// There is one group.
    PLAIN,
    /// The input is ordered by them.
    SORTED,
    HASHED
  }

  /// Its output is what it groups by, then the aggregates, then the grouping operations.
  ///
  /// @param sets for several grouping sets the numbers of the keys of each; none: one set of all
  /// @param filter HAVING
  record Aggregate(
      Cost cost,
      GroupStrategy strategy,
      Plan input,
      List<Expression> groupBy,
      List<List<Integer>> sets,
      List<Aggref> aggregates,
      List<GroupingExpr> groupings,
      @Nullable Expression filter)
      implements Plan {
    @Override
    public List<Expression> output() {
      return Stream.of(groupBy, aggregates, groupings).<Expression>flatMap(List::stream).toList();
    }

    /// Whether keys or grouping operations differ from set to set.
    public boolean hasSets() {
      return !sets.isEmpty() || !groupings.isEmpty();
    }

    @Override
    public List<Plan> inputs() {
      return List.of(input);
    }
  }

  /// Window functions over one window, whose order its input has. Its output is the input's, then
  /// the calls.
  record WindowAgg(
      Cost cost, List<Expression> output, Plan input, Window window, List<WindowFunc> calls)
      implements Plan {
    @Override
    public List<Plan> inputs() {
      return List.of(input);
    }
  }

  /// Of neighbouring rows that are equal in some columns, the first.
  record Unique(Cost cost, Plan input, List<Expression> columns) implements Plan {
    @Override
    public List<Expression> output() {
      return input.output();
    }

    @Override
    public List<Plan> inputs() {
      return List.of(input);
    }
  }

  /// UNION ALL.
  record Append(Cost cost, List<Expression> output, List<Plan> inputs) implements Plan {}

  /// The rows of its first input, and those that the second finds from the last round's until a
  /// round finds none.
  record RecursiveUnion(
      Cost cost,
      List<Expression> output,
      Plan initial,
      Plan recursive,
      CommonTable workTable,
      boolean all)
      implements Plan {
    @Override
    public List<Plan> inputs() {
      return List.of(initial, recursive);
    }
  }

  /// The rows that the last round of a [RecursiveUnion] has found.
  record WorkTableScan(
      Cost cost,
      List<Expression> output,
      String alias,
      CommonTable table,
      List<Integer> columns,
      @Nullable Expression filter)
      implements Plan {
    @Override
    public List<Plan> inputs() {
      return List.of();
    }
  }

  /// INTERSECT and EXCEPT, by hashing.
  record SetOp(
      Cost cost,
      List<Expression> output,
      SetOperation operation,
      boolean all,
      Plan left,
      Plan right)
      implements Plan {
    @Override
    public List<Plan> inputs() {
      return List.of(left, right);
    }
  }

  /// Locks the rows that pass through it. The tables' `ctid`s are among its input's outputs.
  ///
  /// @param recheck what a row that has changed meanwhile must still fulfil
  record LockRows(Cost cost, Plan input, List<Query.RowMark> marks, RowRecheck recheck)
      implements Plan {
    @Override
    public List<Expression> output() {
      return input.output();
    }

    @Override
    public List<Plan> inputs() {
      return List.of(input);
    }
  }

  /// INSERT. The input's first columns are the table's.
  ///
  /// @param output RETURNING
  record Insert(
      Cost cost,
      List<Expression> output,
      RangeEntry.Table target,
      Query.@Nullable OnConflict onConflict,
      Plan input)
      implements Plan {
    @Override
    public List<Plan> inputs() {
      return List.of(input);
    }
  }

  /// UPDATE and DELETE. The input yields the target's `ctid` and columns and what else the
  /// assignments, the conditions and RETURNING need.
  ///
  /// @param recheck the conditions on the target's row that hold for it, to be checked again on its
  ///   newer version
  record Modify(
      Cost cost,
      List<Expression> output,
      RangeEntry.Table target,
      boolean delete,
      List<Query.Assignment> assignments,
      @Nullable Expression recheck,
      Plan input)
      implements Plan {
    @Override
    public List<Plan> inputs() {
      return List.of(input);
    }
  }
}
