package dev.lifeline.executor.expr;

import java.util.List;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/// An expression whose types are known and whose functions are resolved. The kinds are those of
/// PostgreSQL's `primnodes.h`.
public sealed interface Expression
    permits Aggref,
        ArrayCoerceExpr,
        ArrayExpr,
        BoolExpr,
        BooleanTest,
        CaseExpr,
        CaseTestExpr,
        CoalesceExpr,
        CoerceViaIo,
        ColumnRef,
        Const,
        DistinctExpr,
        ExtensionExpr,
        FieldSelect,
        FuncExpr,
        GroupingExpr,
        MinMaxExpr,
        NullIfExpr,
        NullTest,
        OpExpr,
        Param,
        RelabelType,
        RowExpr,
        ScalarArrayOpExpr,
        SetToDefault,
        SubscriptingRef,
        Var,
        WindowFunc {

  /// The oid of the result's type.
  int type();

  /// The result's type modifier, or -1 where there is none.
  int typmod();

  ParseLoc location();

  /// Whether it is a call that gives any number of rows, in place of a value.
  default boolean returnsSet() {
    return false;
  }

  /// The expressions that it is made of.
  List<Expression> children();

  /// The same expression over other children, as many and of the same types.
  Expression withChildren(List<Expression> children);

  /// The same expression with each child replaced; itself where none changed.
  @SuppressWarnings("ReferenceEquality") // a child that is equal but not the same was replaced
  default Expression mapChildren(UnaryOperator<Expression> mapper) {
    List<Expression> before = children();
    if (before.isEmpty()) {
      return this;
    }
    List<Expression> after = before.stream().map(mapper).toList();
    for (int i = 0; i < after.size(); i++) {
      if (after.get(i) != before.get(i)) {
        return withChildren(after);
      }
    }
    return this;
  }

  /// Whether the predicate holds for this expression or any below it.
  default boolean anyMatch(Predicate<Expression> predicate) {
    if (predicate.test(this)) {
      return true;
    }
    for (Expression child : children()) {
      if (child.anyMatch(predicate)) {
        return true;
      }
    }
    return false;
  }
}
