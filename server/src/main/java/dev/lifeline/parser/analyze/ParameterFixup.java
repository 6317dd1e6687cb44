package dev.lifeline.parser.analyze;

import dev.lifeline.executor.expr.Expression;
import dev.lifeline.executor.expr.Param;
import dev.lifeline.utils.adt.Types;

/// A parameter whose type was found out by a later use is of that type where it was met earlier,
/// too.
final class ParameterFixup {
  private ParameterFixup() {}

  static Query fix(Query query, ParameterTypes types) {
    return QueryWalker.map(query, expr -> QueryWalker.replace(expr, node -> fix(node, types)));
  }

  private static Expression fix(Expression node, ParameterTypes types) {
    if (node instanceof Param param
        && param.kind() == Param.Kind.EXTERN
        && param.type() == Types.UNKNOWN
        && types.typeOf(param.index()) != Types.UNKNOWN) {
      return new Param(
          param.kind(), param.index(), types.typeOf(param.index()), -1, param.location());
    }
    return node;
  }
}
