package dev.lifeline.executor.node;

import dev.lifeline.access.table.Tid;
import dev.lifeline.executor.ExecState;

/// What a statement does to which row while it waits for another transaction: told by the error
/// that ends such a wait.
public final class RowWait {
  private RowWait() {}

  /// Notes it for the wait that has just begun.
  ///
  /// @param doing such as `updating tuple`
  public static void during(ExecState state, String doing, long tid, String relation) {
    state.session().lockOwner().waitContext(context(doing, tid, relation), relation);
  }

  /// The words.
  public static String context(String doing, long tid, String relation) {
    return "while %s (%d,%d) in relation \"%s\""
        .formatted(doing, Tid.block(tid), Tid.offset(tid), relation);
  }
}
