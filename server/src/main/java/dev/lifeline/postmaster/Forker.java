package dev.lifeline.postmaster;

import dev.lifeline.utils.Timers;
import java.util.function.Function;

/// Gives processes an event loop.
interface Forker {
  /// Starts a process. Its program is applied on the new process's own event loop.
  ///
  /// @param ready called on any thread, with null when the process does its work, or with what its
  ///   start failed of
  ProcessTable.Handle fork(Function<Timers, ServerProcess> program, StartResult ready);

  /// What became of the start of a process.
  @FunctionalInterface
  interface StartResult {
    void accept(@org.jspecify.annotations.Nullable Throwable failure);
  }
}
