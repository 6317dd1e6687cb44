package dev.lifeline.executor;

import dev.lifeline.executor.node.CursorRows;
import io.vertx.core.Future;

/// A query whose rows a cursor goes through: what it sees is settled when the cursor is opened, and
/// it can be asked for the same rows once more.
public interface CursorExecution extends Execution {
  /// Takes the snapshot, which is held until [#close], and opens the plan. No row is made yet.
  Future<Void> begin();

  /// Whether its rows could be read backward without keeping them: the same ones come in the same
  /// order when it runs again. To be asked after [#begin].
  boolean scansBackward();

  /// The same query under the same snapshot, from its first row. To be asked before [#close].
  CursorExecution again();

  /// A place to keep its rows in. To be asked after [#begin].
  CursorRows newRows();
}
