package dev.lifeline.executor.expr;

/// Makes [Evaluator]s of [Expression]s.
public final class ExprCompiler {
  public Evaluator compile(Expression expression) {
    return switch (expression) {
      case ExtensionExpr e -> e.compile(this);
      default ->
          throw new IllegalStateException(
              "an expression of this kind is not evaluated: "
                  + expression.getClass().getSimpleName());
    };
  }
}
