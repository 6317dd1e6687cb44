package dev.lifeline.executor.node;

import dev.lifeline.executor.expr.Evaluator;
import dev.lifeline.utils.adt.PgType;
import dev.lifeline.utils.fmgr.PgProc;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// An aggregate as the plan calls it, compiled.
///
/// @param filter the condition after FILTER
/// @param sortKeys what ORDER BY within the call sorts by
public record AggregateCall(
    PgProc function,
    List<PgType> argTypes,
    int resultType,
    List<Evaluator> args,
    boolean distinct,
    List<SortBy> sortKeys,
    @Nullable Evaluator filter) {
  public AggregateCall {
    argTypes = List.copyOf(argTypes);
    args = List.copyOf(args);
    sortKeys = List.copyOf(sortKeys);
  }

  /// One expression of an ORDER BY.
  public record SortBy(Evaluator value, PgType type, boolean descending, boolean nullsFirst) {}

  /// Whether the rows must be kept until the group is complete.
  boolean isSorted() {
    return !sortKeys.isEmpty();
  }

  List<Integer> argOids() {
    return argTypes.stream().map(PgType::oid).toList();
  }
}
