package dev.lifeline.postmaster;

import io.vertx.core.Future;

/// What a process of the server is to the postmaster: a plain class that decides, on one event
/// loop.
public interface ServerProcess {
  /// Completes when the process does its work; a failed start has undone itself, and is a crash.
  Future<Void> start();

  /// Tells it something. To one that has ended, nothing.
  void signal(ProcessSignal signal);

  /// Completes when it has ended and touches nothing any more. Never fails.
  Future<ExitStatus> ended();
}
