package dev.lifeline.postmaster;

import dev.lifeline.replication.logical.LogicalWorkers;
import dev.lifeline.replication.logical.LogicalWorkers.Assignment;
import dev.lifeline.replication.logical.SubscriptionWorker;
import dev.lifeline.utils.error.PgException;
import io.vertx.core.Future;
import java.util.List;
import java.util.function.Consumer;

/// What the launcher and the workers of logical replication find in a generation.
public interface LogicalReplication {
  /// Who works for which subscription.
  LogicalWorkers workers();

  /// The subscriptions that are enabled, of all databases, each with the worker that applies it.
  Future<List<Assignment>> wanted();

  /// Makes a worker.
  ///
  /// @param cause the event of its fork
  /// @param log what it says
  SubscriptionWorker worker(Assignment assignment, long cause, Consumer<PgException> log);
}
