package dev.lifeline.parser.tree;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// CREATE TRIGGER.
public record CreateTrigStmt(
    boolean replace,
    boolean isconstraint,
    String trigname,
    RangeVar relation,
    List<String> funcname,
    List<String> args,
    boolean row,
    Timing timing,
    Set<Event> events,
    List<String> columns,
    @Nullable Expr whenClause,
    List<TriggerTransition> transitionRels,
    boolean deferrable,
    boolean initdeferred,
    @Nullable RangeVar constrrel)
    implements Stmt {
  public enum Timing {
    BEFORE,
    AFTER,
    INSTEAD
  }

  public enum Event {
    INSERT,
    DELETE,
    UPDATE,
    TRUNCATE
  }
}
