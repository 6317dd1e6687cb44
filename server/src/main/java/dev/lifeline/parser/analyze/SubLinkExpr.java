package dev.lifeline.parser.analyze;

import dev.lifeline.executor.expr.Evaluator;
import dev.lifeline.executor.expr.ExprCompiler;
import dev.lifeline.executor.expr.Expression;
import dev.lifeline.executor.expr.ExtensionExpr;
import dev.lifeline.executor.expr.ParseLoc;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A subquery in an expression. The planner turns it into a join or into a subplan.
///
/// @param type the result's type: the column's, an array of it, or boolean
/// @param test of ANY and ALL: the comparison, which names the subquery's columns as columns of the
///   range entry `testRange`; null for the others
/// @param testRange the number by which `test` names the subquery's columns, or 0
public record SubLinkExpr(
    Kind kind,
    Query query,
    int type,
    int typmod,
    @Nullable Expression test,
    int testRange,
    ParseLoc location)
    implements ExtensionExpr {
  /// The forms of subqueries in expressions.
  public enum Kind {
    EXISTS,
    ANY,
    ALL,
    SCALAR,
    ARRAY
  }

  SubLinkExpr withQuery(Query other) {
    return new SubLinkExpr(kind, other, type, typmod, test, testRange, location);
  }

  @Override
  public List<Expression> children() {
    return test == null ? List.of() : List.of(test);
  }

  @Override
  public SubLinkExpr withChildren(List<Expression> children) {
    return test == null
        ? this
        : new SubLinkExpr(kind, query, type, typmod, children.getFirst(), testRange, location);
  }

  @Override
  public Evaluator compile(ExprCompiler compiler) {
    throw new IllegalStateException("a sublink reached the executor");
  }
}
