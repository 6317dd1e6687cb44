package dev.lifeline.executor.expr;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// `CASE`. Where it has an argument, each condition compares a [CaseTestExpr] with something.
///
/// @param otherwise the ELSE, or null where there is none: then the result is NULL
public record CaseExpr(
    int type,
    int typmod,
    @Nullable Expression arg,
    List<When> whens,
    @Nullable Expression otherwise,
    ParseLoc location)
    implements Expression {
  public CaseExpr {
    whens = List.copyOf(whens);
  }

  /// One WHEN ... THEN ....
  public record When(Expression condition, Expression result) {}

  @Override
  public List<Expression> children() {
    List<Expression> children = new ArrayList<>();
    if (arg != null) {
      children.add(arg);
    }
    for (When when : whens) {
      children.add(when.condition());
      children.add(when.result());
    }
    if (otherwise != null) {
      children.add(otherwise);
    }
    return children;
  }

  @Override
  public CaseExpr withChildren(List<Expression> children) {
    Iterator<Expression> next = children.iterator();
    Expression newArg = arg == null ? null : next.next();
    List<When> newWhens = whens.stream().map(when -> new When(next.next(), next.next())).toList();
    Expression newOtherwise = otherwise == null ? null : next.next();
    return new CaseExpr(type, typmod, newArg, newWhens, newOtherwise, location);
  }
}
