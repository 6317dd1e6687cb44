package dev.lifeline.parser.tree;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// CREATE TRIGGER. `events` are the bits of [CreateTrigStmt.Event].
public record CreateTrigStmt(
    boolean replace,
    boolean isconstraint,
    String trigname,
    RangeVar relation,
    List<String> funcname,
    List<String> args,
    boolean row,
    Timing timing,
    int events,
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
    TRUNCATE;

    /// The bit of this one in a set.
    public int bit() {
      return 1 << ordinal();
    }
  }
}
