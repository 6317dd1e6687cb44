package dev.lifeline.parser.tree;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// A subquery in an expression. IN is ANY without an operator name.
public record SubLink(
    Type type, @Nullable Expr testexpr, List<String> operName, SelectStmt subselect, int location)
    implements Expr {
  public enum Type {
    EXISTS,
    ALL,
    ANY,
    EXPR,
    ARRAY
  }
}
