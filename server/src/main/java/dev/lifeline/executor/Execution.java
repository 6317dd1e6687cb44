package dev.lifeline.executor;

import io.vertx.core.Future;

/// A statement that is being executed: what a portal holds.
public interface Execution {
  /// Runs on, until `maxRows` more rows were sent (0: no limit) or the statement is finished.
  ///
  /// @return true when it is finished, false when there may be more rows
  Future<Boolean> run(DestReceiver destination, long maxRows);

  /// The command tag once finished, e.g. `INSERT 0 1`, `SELECT 5`.
  String completionTag();

  /// Lets go of everything that it holds. May be called at any time, and more than once.
  void close();
}
