package dev.lifeline.executor.expr;

/// Where an expression begins in the statement, for errors about the whole of it: an operator's own
/// place is that of its sign, but the expression begins with its left operand. PostgreSQL's
/// `exprLocation`.
public final class ExprLocation {
  private ExprLocation() {}

  /// Bytes from 0, or -1 where it was not written at all.
  public static int of(Expression expr) {
    return switch (expr) {
      case OpExpr e -> leftmost(e);
      case DistinctExpr e -> leftmost(e);
      case NullIfExpr e -> leftmost(e);
      case ScalarArrayOpExpr e -> leftmost(e);
      case FuncExpr e -> leftmost(e);
      case BoolExpr e -> leftmost(e);
      case RelabelType e -> leftmost(e);
      case CoerceViaIo e -> leftmost(e);
      case ArrayCoerceExpr e -> leftmost(e);
      case NullTest e -> leftmost(e);
      case BooleanTest e -> leftmost(e);
      case FieldSelect e -> of(e.record());
      case SubscriptingRef e -> of(e.container());
      default -> expr.location().offset();
    };
  }

  private static int leftmost(Expression expr) {
    int location = expr.location().offset();
    for (Expression child : expr.children()) {
      int at = of(child);
      if (at >= 0 && (location < 0 || at < location)) {
        location = at;
      }
    }
    return location;
  }
}
