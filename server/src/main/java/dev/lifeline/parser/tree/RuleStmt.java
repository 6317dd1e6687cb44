package dev.lifeline.parser.tree;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// CREATE RULE.
public record RuleStmt(
    RangeVar relation,
    String rulename,
    @Nullable Expr whereClause,
    Event event,
    boolean instead,
    List<Stmt> actions,
    boolean replace)
    implements Stmt {
  public enum Event {
    SELECT,
    UPDATE,
    DELETE,
    INSERT
  }
}
